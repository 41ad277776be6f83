#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_pca_certificates
short_description: Issue and renew many certificates of AWS Private CA
version_added: 0.1.0
description:
  - Does what M(tlsops.certificates.acm_pca_certificate) does, for a list of certificates in one process. Calls run side by side, paced by
    the rates that AWS publishes, and each CA is looked at once.
  - Nothing is issued if any certificate of the list can't be, by its options or by the state of its CA. One that AWS refuses doesn't
    keep the others from being finished.
options:
  certificates:
    description:
      - The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      certificate_authority_arn:
        description:
          - ARN of the private CA. The Region is the one in it.
          - Another CA is a reason to replace a certificate, which is how a CA is rotated.
        type: str
      csr_path:
        description:
          - A certificate signing request (PEM) on the host that runs the task, for a key that is elsewhere. Excludes the subject, its names
            and O(certificates[].key_algorithm).
        type: path
      csr_content:
        description:
          - The same as a text.
        type: str
      certificate_arn:
        description:
          - ARN of a certificate that was issued for the CSR already, to be fetched only. It is for a CSR without
            O(certificates[].directory), as with a directory the ARN is kept there.
        type: str
      not_after:
        description:
          - When the certificate ends, such as V(2027-01-31T12:00:00Z), in place of O(certificates[].validity). Give the same again for a
            CSR without O(certificates[].directory), so that AWS takes a repeated request for the same one.
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
          - Clients compare O(certificates[].subject_alternative_names), not this. Without any, a host's name given here (one with a dot)
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
          - Whom the certificate is for. A name is a DNS name, an IP address, an e-mail address or a URI by what it looks like, or by a
            prefix as OpenSSL has it, C(DNS:), C(IP:), C(email:), C(URI:), C(RID:) or C(otherName:OID;UTF8:text).
          - Unicode in DNS names is translated (IDNA). Case, order and duplicates don't matter.
        type: list
        elements: str
        default: []
      usages:
        description:
          - What the certificate may be used for, from V(server_auth), V(client_auth), V(code_signing), V(email_protection),
            V(time_stamping), V(ocsp_signing), V(smart_card_login), V(document_signing), or any extended usage by its OID, and from the key
            usages V(digital_signature), V(content_commitment), V(key_encipherment), V(data_encipherment), V(key_agreement),
            V(key_cert_sign), V(crl_sign), V(encipher_only), V(decipher_only).
          - Default is V(server_auth) and V(client_auth), unless O(certificates[].template) or O(certificates[].ca) decides.
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
          - How long before its end a certificate is renewed, such as V(30d). It has to be shorter than O(certificates[].validity).
          - Without this and O(certificates[].renew_at_percent_left), a certificate is renewed when a third of its real lifetime is left.
            Run the play more often than that.
        type: str
      renew_at_percent_left:
        description:
          - How many per cent of the lifetime are B(left) when a certificate is renewed, V(1) to V(99). Excludes
            O(certificates[].renew_before).
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
          - Name or ARN of the template, such as V(BlankEndEntityCertificate_APICSRPassthrough/V1). Without it O(certificates[].usages)
            decide. Both of V(server_auth) and V(client_auth) make it V(EndEntityCertificate/V1), one of V(server_auth), V(client_auth),
            V(code_signing) and V(ocsp_signing) the template of that name, O(certificates[].ca) makes it
            V(SubordinateCACertificate_PathLen0/V1), and all else V(BlankEndEntityCertificate_APICSRPassthrough/V1).
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
          - Rights of the files, the private key among them. V(0640) together with O(certificates[].group) lets a group read them. Who may
            read them may also enter the directories.
        type: raw
        default: "0600"
  certificate_authority_arn:
    description:
      - O(certificates[].certificate_authority_arn) of each certificate that has none of its own.
    type: str
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
  journal:
    description:
      - A directory in which the ARNs of certificates without O(certificates[].directory) are noted when AWS has answered, until they are
        fetched. A later task or run with the same requests fetches them then, also when this one was killed.
    type: path
  on_failure:
    description: What to do about a certificate that failed, or wasn't issued in time, once the others are finished.
    type: str
    choices:
      fail: Fail the task, and say which and why.
      report: Say so in its RV(certificates[].phase) and RV(certificates[].message) only.
    default: fail
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - tlsops.certificates.aws
requirements:
  - cryptography >= 3.4
notes:
  - C(the private CA ... is PENDING_CERTIFICATE) and the like mean that the CA signs nothing as it is. Nothing was requested.
  - C(the certificate would be valid until ..., and the private CA ... itself only until ...) means that O(certificates[].validity) reaches beyond the end
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
  - module: tlsops.certificates.acm_pca_certificate
  - module: tlsops.certificates.certificate_signing_request
  - module: tlsops.certificates.certificate_install
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: Two certificates that are kept here, with their keys
  tlsops.certificates.acm_pca_certificates:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    certificates:
      - directory: "{{ folder }}/web"
        subject_alternative_names: [web.corp.internal]
      - directory: "{{ folder }}/queue"
        subject_alternative_names: [queue.corp.internal, "spiffe://corp.internal/queue"]
        key_algorithm: EC_prime256v1
        validity: 30d
  register: result

- name: Show where each of them stands
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.message }}"
  loop: "{{ result.certificates }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
failure:
  description: What failed, in the words the task would fail with, also with O(on_failure=report); null if nothing did.
  returned: always
  type: str
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["certificates[0] (db): validity 'soon' isn't a time such as 90d, 12h or 1w2d"]
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
    - One record for each certificate, in the order asked for. The keys are the same whether anything changed or not, in check
      mode, and for a certificate that failed. Private keys are never returned.
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

from ..module_utils._flows import private_issuing
from ..module_utils._journals import Journal
from ..module_utils._module import PRIVATE_WAIT_ARGUMENTS, Run, module_run, wait_settings
from ..module_utils._private_options import PRIVATE_ARGUMENTS, private_certificates
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": PRIVATE_ARGUMENTS},
    "certificate_authority_arn": PRIVATE_ARGUMENTS["certificate_authority_arn"],
    "journal": {"type": "path"},
    "on_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    **PRIVATE_WAIT_ARGUMENTS,
}


def parse(run: Run) -> private_issuing.Desired:
    params = run.params
    wanted, wait = run.parse(
        lambda: private_certificates(params["certificates"], params["certificate_authority_arn"]),
        lambda: wait_settings(params),
    )
    journal = Journal(params["journal"]) if params["journal"] else None
    return private_issuing.Desired(tuple(wanted), wait, params["on_failure"] == "report", journal)


def main() -> None:
    with module_run(ARGUMENTS) as run:
        require_cryptography()
        desired = parse(run)
        observed = private_issuing.observe(run.access, desired, run.now)
        plan = private_issuing.make_plan(observed, desired, run.now)
        run.carry_out(plan, lambda: private_issuing.apply(run.access, plan, desired, run.now))


if __name__ == "__main__":
    main()
