#!/usr/bin/python
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_signing_request
short_description: See which certificates of a host are due, and make keys and CSRs for them
version_added: 0.1.0
description:
  - Looks at certificates that are kept on the host, and says which have to be issued, and why. For each of them it makes a key, which
    never leaves the host, and a certificate signing request.
  - Key and request wait beside the certificate that is in use, in C(pending), until M(tlsops.certificates.certificate_install) puts the new
    certificate in place. A run that was interrupted is gone on with, with the same key and request.
  - It works for any issuer, and calls none.
options:
  certificates:
    description:
      - The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
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
        required: true
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
          - How long before its end a certificate is renewed, such as V(30d). It has to be shorter than O(certificates[].validity), or with
            Let's Encrypt clearly shorter than what public CAs may issue (200 days, from 2027-03-15 on 100, from 2029-03-15 on 47).
          - If a certificate turns out to be valid for less than that, it is renewed when a third of its lifetime is left, and a warning says
            so.
          - Without this and O(certificates[].renew_at_percent_left), a certificate is renewed when a third of its real lifetime is left;
            with an ACME CA, whose directory is O(certificates[].issuer), when half of one under ten days is left.
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
          - A template or profile of the issuer, kept with the request. With it, nothing is asked of the usages unless they are given.
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
      issuer:
        description:
          - What the issuer is called, such as the ARN of a private CA. Another name than that of the last request is a reason to replace the
            certificate.
        type: str
        aliases: [certificate_authority_arn]
      renew_at:
        description:
          - When the issuer wants the certificate that is there to be renewed, ISO 8601, such as RV(certificates[].renew_at) of
            M(tlsops.certificates.acme_renewal_suggestions_info). It is due then, or when O(certificates[].renew_before) says so, whatever comes
            first.
        type: str
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and says what it would change, without changing anything.
  diff_mode:
    support: full
    description: Shows with C(--diff) each certificate that changes, before and after.
  idempotent:
    support: full
    description: Run again with the same options, it changes nothing.
requirements:
  - python >= 3.10
  - cryptography >= 3.4
notes:
  - C(too young for that) means that a certificate was due at once when it had come. For an hour, or a tenth of a shorter life than ten hours,
    nothing that only counts time renews it, so that no loop uses up what a CA allows. Mostly O(certificates[].renew_before) is nearly as long
    as the certificate lives.
  - C(... wasn't made by this collection) means that there are other files where the links to key and certificate would be. Choose a
    directory for this certificate alone.
  - C(Permission denied) mostly means that the task has to be run with C(become).
seealso:
  - module: tlsops.certificates.certificate_install
  - module: tlsops.certificates.acm_pca_certificates
author:
  - tlsops contributors (@tlsops)
"""

EXAMPLES = r"""
- name: See what is due on this host
  tlsops.certificates.certificate_signing_request:
    certificates:
      - name: web
        directory: "{{ folder }}/requested"
        subject_alternative_names: [web.corp.internal]
        issuer: "{{ certificate_authority_arn }}"
  register: requested

- name: Have the requests signed by AWS Private CA, where there are credentials for it
  tlsops.certificates.acm_pca_certificates:
    certificate_authority_arn: "{{ certificate_authority_arn }}"
    certificates: "{{ {inventory_hostname: requested.certificates} | tlsops.certificates.certificate_orders }}"
  delegate_to: localhost
  register: issued

- name: Put the certificates in place
  tlsops.certificates.certificate_install:
    certificates: "{{ issued.certificates | tlsops.certificates.certificate_arrivals(inventory_hostname, requested.certificates) }}"
"""

RETURN = r"""
faults:
  description: Everything that is wrong with the options, or in the way, one sentence each. Nothing was changed then.
  returned: when the options can't be carried out
  type: list
  elements: str
  sample: ["certificates[0] (db): validity 'soon' isn't a time such as 90d, 12h or 1w2d"]
certificates:
  description:
    - One record for each certificate, in the order asked for. Those with a RV(certificates[].csr) have to be issued. Private keys are
      never returned.
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

from ..module_utils._certificate_requests import HOST_ARGUMENTS, host_certificates
from ..module_utils._flows import keeping
from ..module_utils._host_module import host_run
from ..module_utils._x509 import require_cryptography

ARGUMENTS: dict[str, t.Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": HOST_ARGUMENTS},
}


def main() -> None:
    with host_run(ARGUMENTS) as run:
        require_cryptography()
        (wanted,) = run.parse(lambda: host_certificates(run.params["certificates"], run.now.date()))
        plan = keeping.RequestsPlan(tuple(keeping.observe(wanted, run.now)))
        run.carry_out(plan, lambda: keeping.apply(plan))


if __name__ == "__main__":
    main()
