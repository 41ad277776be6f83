#!/usr/bin/env bash
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The AWS CLI's part of the peer: what one finds in scripts, with nothing in it to slow it down.
#   peer.sh request NAMES RECORDS   NAMES: a line a certificate, its names; RECORDS: the validation records, for peer.yml
#   peer.sh wait RECORDS.arns       until all are issued
# AWS_CLI is the program, if it isn't the first `aws` on the path.
set -euo pipefail

aws() { "${AWS_CLI:-$(type -P aws)}" "$@"; }

if [ "$1" = request ]; then
    : > "$3.arns"
    : > "$3.lines"
    while read -r domain others; do
        arn=$(aws acm list-certificates --query "CertificateSummaryList[?DomainName=='$domain'].CertificateArn | [0]" --output text)
        if [ "$arn" = None ]; then
            # shellcheck disable=SC2086  # the names are separate arguments
            arn=$(aws acm request-certificate --domain-name "$domain" --subject-alternative-names $others \
                --validation-method DNS --query CertificateArn --output text)
        fi
        echo "$arn" >> "$3.arns"
    done < "$2"
    while read -r arn; do
        until found=$(aws acm describe-certificate --certificate-arn "$arn" --output text \
                --query "Certificate.DomainValidationOptions[].[ResourceRecord.Name, ResourceRecord.Value]") &&
                ! grep -q None <<< "$found"; do
            sleep 1
        done
        echo "$found" >> "$3.lines"
    done < "$3.arns"
    awk 'BEGIN { print "records:" } { printf "  - {name: %s, value: %s}\n", $1, $2 }' "$3.lines" > "$3"
else
    while read -r arn; do
        until [ "$(aws acm describe-certificate --certificate-arn "$arn" --query Certificate.Status --output text)" = ISSUED ]; do
            sleep 1
        done
    done < "$2"
fi
