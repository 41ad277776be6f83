#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_pca_certificate
short_description: Issue, renew and revoke a certificate of AWS Private CA
version_added: 0.1.0
description:
  - Keeps a certificate of a private CA in a directory, together with its key, and renews it when it is due. Or has a given CSR signed.
  - Nothing is requested, and AWS isn't even asked, while the certificate on the disk is for the right key, names and usages, from the
    right CA, and not due.
  - The template follows from the wanted usages, the signing algorithm from the CA. Status, end and mode of the CA are looked at before
    anything is issued.
  - What was issued is verified before it is put in place, that it is for the key, has the names and usages, and leads to its CA.
options:
  state:
    description: What is wanted of the certificate.
    type: str
    choices:
      present: It is there, and not due.
      revoked: >-
        The CA has revoked it. It is named by O(directory), O(certificate_arn) or O(serial_number). The files stay. Only of the one in
        O(directory) it is known beforehand whether it is revoked already, so for the others check mode says that it would be.
    default: present
  certificate_authority_arn:
    description:
      - ARN of the private CA. The Region is the one in it.
      - Another CA is a reason to replace a certificate, which is how a CA is rotated.
    type: str
  csr_path:
    description:
      - A certificate signing request (PEM) on the host that runs the task, for a key that is elsewhere. Excludes the subject, its names and
        O(key_algorithm).
    type: path
  csr_content:
    description:
      - The same as a text.
    type: str
  certificate_arn:
    description:
      - ARN of a certificate that was issued for the CSR already, to be fetched only. It is for a CSR without O(directory), as with a
        directory the ARN is kept there.
    type: str
  not_after:
    description:
      - When the certificate ends, such as V(2027-01-31T12:00:00Z), in place of O(validity). Give the same again for a CSR without
        O(directory), so that AWS takes a repeated request for the same one.
    type: str
  name:
    description:
      - What you call the certificate, in messages and results. Default is its common name, or the first of its other names.
    type: str
  directory:
    description:
      - The directory in which key and certificate are kept, of this certificate alone. It is made if it isn't there.
      - Servers are pointed at V(privkey.pem), V(cert.pem), V(chain.pem) (the CAs between), V(fullchain.pem) (what a server sends) and
        V(ca.pem) (the root) in it. These are links, and all of them change in one instant, so that key and certificate belong together
        whatever moment a run is killed at. The certificate before is kept, too, below V(previous).
    type: path
  common_name:
    description:
      - The common name of the subject, up to 64 characters.
      - Clients compare O(subject_alternative_names), not this. Without any, a host's name given here (one with a dot)
        becomes the only one.
    type: str
  subject:
    description:
      - Further attributes of the subject, by the names V(country), V(state), V(locality), V(organization), V(organizational_unit) and
        V(serial_number).
    type: dict
    default: {}
  subject_alternative_names:
    description:
      - Whom the certificate is for. A name is a DNS name, an IP address, an e-mail address or a URI by what it looks like, or by a prefix
        as OpenSSL has it, C(DNS:), C(IP:), C(email:), C(URI:), C(RID:) or C(otherName:OID;UTF8:text).
      - Unicode in DNS names is translated (IDNA). Case, order and duplicates don't matter.
    type: list
    elements: str
    default: []
  usages:
    description:
      - What the certificate may be used for, from V(server_auth), V(client_auth), V(code_signing), V(email_protection), V(time_stamping),
        V(ocsp_signing), V(smart_card_login), V(document_signing), or any extended usage by its OID, and from the key usages
        V(digital_signature), V(content_commitment), V(key_encipherment), V(data_encipherment), V(key_agreement), V(key_cert_sign),
        V(crl_sign), V(encipher_only), V(decipher_only).
      - Default is V(server_auth) and V(client_auth), unless O(template) or O(ca) decides.
    type: list
    elements: str
  ca:
    description:
      - The certificate is for a subordinate CA.
    type: bool
    default: false
  key_algorithm:
    description:
      - The kind of key to make. V(ED25519) is not for AWS Private CA.
    type: str
    choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1, ED25519]
    default: RSA_2048
  reuse_key:
    description:
      - Keep the key when the certificate is renewed. Without this each certificate has a new key.
    type: bool
    default: false
  validity:
    description:
      - How long a new certificate is valid, such as V(90d), V(12h) or V(1w2d). A change counts from the next certificate on.
    type: str
    default: 90d
  renew_before:
    description:
      - How long before its end a certificate is renewed, such as V(30d). It has to be shorter than O(validity).
      - Without this and O(renew_at_percent_left), a certificate is renewed when a third of its real lifetime is left. Run the play more
        often than that.
    type: str
  renew_at_percent_left:
    description:
      - How many per cent of the lifetime are B(left) when a certificate is renewed, V(1) to V(99). Excludes O(renew_before).
    type: int
  renew_windows:
    description:
      - Maintenance windows. A certificate that is due is renewed while one of them is open, or the next time that one opens. Where none opens
        before the certificate ends, it is renewed when it is due, and a warning says so.
      - What is missing, broken, expired, revoked, changed or forced waits for no window. Run the play at least once in each window.
    type: list
    elements: dict
    default: []
    suboptions:
      cron:
        description:
          - When it opens, in the five fields of cron, minute, hour, day of the month, month, day of the week. A field is V(*), or a list of
            numbers, ranges and steps, such as V(0,30), V(8-17), V(*/5) or V(mon-fri). Sunday is V(0), V(7) or V(sun).
          - If both fields for days say something, one of them is enough, as with cron.
        type: str
        required: true
      duration:
        description:
          - How long it is open, such as V(4h).
        type: str
        required: true
      timezone:
        description:
          - In whose time, such as V(Europe/Berlin). A time that a change of clocks leaves out comes that much later; of one that comes twice
            it is the first.
        type: str
        default: UTC
  template:
    description:
      - Name or ARN of the template, such as V(BlankEndEntityCertificate_APICSRPassthrough/V1). Without it O(usages) decide. Both of
        V(server_auth) and V(client_auth) make it V(EndEntityCertificate/V1), one of V(server_auth), V(client_auth), V(code_signing) and
        V(ocsp_signing) the template of that name, O(ca) makes it V(SubordinateCACertificate_PathLen0/V1), and all else
        V(BlankEndEntityCertificate_APICSRPassthrough/V1).
    type: str
  force:
    description:
      - Replace the certificate even though nothing is wrong with it. Each run replaces it, then.
    type: bool
    default: false
  owner:
    description:
      - The user that the files belong to, by name or number. Default is the user who runs the task.
    type: str
  group:
    description:
      - The group that the files belong to, by name or number.
    type: str
  mode:
    description:
      - Rights of the files, the private key among them. V(0640) together with O(group) lets a group read them. Who may read them may also
        enter the directories.
    type: raw
    default: "0600"
  serial_number:
    description:
      - With O(state=revoked), serial number of the certificate in hexadecimal, with colons or without.
    type: str
  revocation_reason:
    description:
      - With O(state=revoked), the reason to publish.
    type: str
    choices:
      - UNSPECIFIED
      - KEY_COMPROMISE
      - CERTIFICATE_AUTHORITY_COMPROMISE
      - AFFILIATION_CHANGED
      - SUPERSEDED
      - CESSATION_OF_OPERATION
      - PRIVILEGE_WITHDRAWN
      - A_A_COMPROMISE
    default: UNSPECIFIED
  wait:
    description:
      - Wait until AWS has issued the certificates, and fetch them. Without it the task returns when they are requested, and a later run
        fetches them.
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds to wait. AWS mostly takes a second or two.
    type: int
    default: 300
  poll_interval:
    description:
      - The longest pause in seconds between two looks. Pauses begin with half a second and grow.
    type: int
    default: 5
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
requirements:
  - cryptography >= 3.4
notes:
  - C(the private CA ... is PENDING_CERTIFICATE) and the like mean that the CA signs nothing as it is. Nothing was requested.
  - C(the certificate would be valid until ..., and the private CA ... itself only until ...) means that O(validity) reaches beyond the end
    of the CA. Shorten it, or renew the CA. A CA for short-lived certificates signs for seven days at most.
  - C(AWS doesn't know the private CA ...) mostly means another account or Region than the credentials'. A CA of another account has to
    be shared with this one (AWS RAM).
  - C(... isn't what was asked for, and isn't installed) means that the template has left out names or usages. The certificate was issued
    even so. It is fetched again, and not requested again, until what is asked for changes.
  - A run that is killed is finished by the next one. Key and CSR are written before AWS is asked, and the ARN of the certificate before it is
    fetched. If a run dies in the moment between AWS's answer and writing the ARN, the next one has five minutes to get the same
    certificate.
  - A task needs Python's C(cryptography) where it runs.
seealso:
  - module: tlsops.certificates.acm_pca_certificates
  - module: tlsops.certificates.certificate_signing_request
  - name: Certificate templates of AWS Private CA
    description: What each template puts in a certificate.
    link: https://docs.aws.amazon.com/privateca/latest/userguide/UsingTemplates.html
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: A certificate for the database, renewed when a third of its 90 days is left
  tlsops.certificates.acm_pca_certificate:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    directory: "{{ folder }}/db"
    common_name: db.corp.internal
    subject_alternative_names: [db.corp.internal, 10.0.0.5]
  register: db

- name: Show where its files are
  ansible.builtin.debug:
    var: db.certificate.paths

- name: A client certificate for a day, with a key that only the group of the application may read, too
  tlsops.certificates.acm_pca_certificate:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    directory: "{{ folder }}/client"
    common_name: reporting
    subject:
      organization: Example
    subject_alternative_names: ["spiffe://corp.internal/reporting"]
    usages: [client_auth]
    key_algorithm: EC_prime256v1
    validity: 1d
    renew_before: 12h
    mode: "0640"

- name: A certificate for a CSR whose key is elsewhere
  tlsops.certificates.acm_pca_certificate:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    csr_content: "{{ appliance_csr }}"
    directory: "{{ folder }}/appliance"
    validity: 365d

- name: Revoke the client's certificate
  tlsops.certificates.acm_pca_certificate:
    state: revoked
    directory: "{{ folder }}/client"
    revocation_reason: CESSATION_OF_OPERATION
"""

RETURN = r"""
failure:
  description: What failed, in the words the task would fail with; null if nothing did.
  returned: always
  type: str
certificate_arn:
  description: ARN of the certificate; null in check mode while there is none, and where only its serial number is known.
  returned: always
  type: str
  sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012/certificate/0123456789abcdef
certificate:
  description: The one entry of RV(certificates); null after O(state=revoked).
  returned: always
  type: dict
serial_number:
  description: The serial number of the revoked certificate.
  returned: with O(state=revoked)
  type: str
  sample: 01:23:45:67:89:ab:cd:ef
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["validity 'soon' isn't a time such as 90d, 12h or 1w2d"]
error:
  description: What AWS said, when a call of the whole task was refused.
  returned: when AWS refused a call
  type: dict
  contains:
    code:
      description: AWS's error code.
      type: str
      returned: always
      sample: AccessDeniedException
    operation:
      description: The API operation.
      type: str
      returned: always
      sample: DescribeCertificateAuthority
    message:
      description: AWS's own words.
      type: str
      returned: always
certificates:
  description:
    - The certificate; empty after O(state=revoked). Private keys are never returned.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called.
      type: str
      returned: always
      sample: db
    directory:
      description: Where it is kept; null where it is only returned.
      type: str
      returned: always
      sample: /etc/tlsops/db
    paths:
      description: Its files by name, for the configuration of servers. Those of keys and CSRs that are elsewhere are missing.
      type: dict
      returned: always
      sample: {"privkey": "/etc/tlsops/db/privkey.pem", "fullchain": "/etc/tlsops/db/fullchain.pem"}
    issuer:
      description: What the issuer is called; of AWS Private CA the ARN.
      type: str
      returned: always
      sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012
    arn:
      description: ARN of the certificate, once one is known.
      type: str
      returned: always
      sample: arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/12345678-1234-1234-1234-123456789012/certificate/0123456789abcdef
    csr:
      description: The request that is under way, in PEM; null when there is none.
      type: str
      returned: always
    requested_not_after:
      description: When the requested certificate ends; null when none is requested.
      type: str
      returned: always
      sample: "2027-02-20T12:00:00+00:00"
    template:
      description: The template that was asked for by name.
      type: str
      returned: always
    ca:
      description: Whether it is for a subordinate CA.
      type: bool
      returned: always
      sample: false
    domain_name:
      description: Its first DNS name, or its common name.
      type: str
      returned: always
      sample: db.corp.internal
    subject:
      description: Its subject.
      type: str
      returned: always
      sample: O=Example, CN=db
    subject_alternative_names:
      description: Its names, each with its kind.
      type: list
      elements: str
      returned: always
      sample: ["DNS:db.corp.internal", "IP:10.0.0.5"]
    usages:
      description: What it may be used for.
      type: list
      elements: str
      returned: always
      sample: ["client_auth", "digital_signature", "key_encipherment", "server_auth"]
    key_algorithm:
      description: Kind of its key.
      type: str
      returned: always
      sample: RSA_2048
    serial_number:
      description: Its serial number, in hexadecimal; null until it is there, as the following ones.
      type: str
      returned: always
      sample: 0123456789abcdef
    fingerprint:
      description: Its SHA-256 fingerprint.
      type: str
      returned: always
      sample: 3f1e9ab7
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
      returned: always
      sample: "2026-11-22T11:00:00+00:00"
    not_after:
      description: End of its validity.
      type: str
      returned: always
      sample: "2027-02-20T12:00:00+00:00"
    renew_at:
      description: When it will be renewed, with a maintenance window if there are any.
      type: str
      returned: always
      sample: "2027-01-21T11:40:00+00:00"
    alert:
      description:
        - Whether it is a worry that the certificate is still there. V(none), V(warning) when three tenths of the time between its renewal and its
          end have passed, or V(critical) when a tenth of its lifetime is left (a fifth of one under ten days); null where there is none.
      type: str
      returned: always
      sample: none
    certificate:
      description: The certificate, in PEM.
      type: str
      returned: always
    chain:
      description: The certificates of the CAs between it and the root, in PEM, each signed by the next.
      type: str
      returned: always
    root:
      description: The root's certificate, in PEM; null where the CA didn't send it.
      type: str
      returned: always
    previous_issuer:
      description: Issuer of the certificate that is or will be replaced; null if none is.
      type: str
      returned: always
    previous_serial_number:
      description: Serial number of that certificate.
      type: str
      returned: always
      sample: 0fedcba987654321
    previous_certificate:
      description: That certificate, in PEM.
      type: str
      returned: always
    phase:
      description: How far it is, V(Pending) (a new one is requested, or would be in check mode), V(Issued) or V(Failed).
      type: str
      returned: always
      sample: Issued
    ready:
      description: Whether what is wanted is there.
      type: bool
      returned: always
      sample: true
    reason:
      description:
        - Why there is a new one, or that there is none, as one word for programs.
        - V(DoesNotExist), V(MissingData), V(InvalidCertificate), V(InvalidKeyPair), V(KeyAlgorithmChanged), V(NamesChanged),
          V(UsagesChanged), V(IssuerChanged), V(Revoked), V(Expired), V(Due), V(Forced) or V(Interrupted); V(Issued) for one that stays; or
          the error code with which it was refused.
      type: str
      returned: always
      sample: Issued
    message:
      description: One sentence on the state, and on what to do about it.
      type: str
      returned: always
      sample: It is valid and will be due at 2027-01-21T11:40:00+00:00.
"""

import typing as t

from ..module_utils._flows import private_issuing, private_revoking
from ..module_utils._module import PRIVATE_WAIT_ARGUMENTS, Run, module_run, wait_settings
from ..module_utils._module_result import Result
from ..module_utils._private_options import PRIVATE_ARGUMENTS, private_certificate, unwanted_certificate
from ..module_utils._private_requests import REVOCATION_REASONS
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["present", "revoked"], "default": "present"},
    **PRIVATE_ARGUMENTS,
    "serial_number": {"type": "str"},
    "revocation_reason": {"type": "str", "choices": list(REVOCATION_REASONS), "default": "UNSPECIFIED"},
    **PRIVATE_WAIT_ARGUMENTS,
}


def present(run: Run) -> None:
    wanted, wait = run.parse(lambda: private_certificate(run.params), lambda: wait_settings(run.params))
    desired = private_issuing.Desired((wanted,), wait)
    observed = private_issuing.observe(run.access, desired, run.now)
    plan = private_issuing.make_plan(observed, desired, run.now)
    run.carry_out(plan, lambda: private_issuing.apply(run.access, plan, desired, run.now), single)


def revoked(run: Run) -> None:
    (unwanted,) = run.parse(lambda: unwanted_certificate(run.params))
    plan = private_revoking.RevocationPlan(private_revoking.observe(run.access, unwanted), unwanted.reason)
    run.carry_out(plan, lambda: private_revoking.apply(run.access, plan))


def single(result: Result) -> None:
    """Add what a module for one certificate returns besides."""
    certificate = result.values["certificates"][0]
    result.values.update(certificate=certificate, certificate_arn=certificate["arn"])


def main() -> None:
    with module_run(ARGUMENTS) as run:
        require_cryptography()
        {"present": present, "revoked": revoked}[run.params["state"]](run)


if __name__ == "__main__":
    main()
