#!/usr/bin/env bash
# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What dehydrated calls, here with the records of a whole certificate at once: threes of name, file name and value.
set -euo pipefail

operation=$1
shift
case $operation in
    deploy_challenge) change=add ttl=60 ;;
    clean_challenge) change=delete ttl= ;;
    *) exit 0 ;;
esac
{
    echo "server 127.0.0.1 $BENCH_DNS_PORT"
    while [ $# -ge 3 ]; do
        echo "update $change _acme-challenge.$1. $ttl IN TXT \"$3\""
        shift 3
    done
    echo send
} | nsupdate -k "$BENCH_DNS_KEY"
