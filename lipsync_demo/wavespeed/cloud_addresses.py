"""Addresses at which clouds tell their machines secrets: keys, tokens, start-up scripts.

No link leads there, also where links into private networks are allowed.  Each row names the
provider's own page, or the code by which cloud-init asks there.
"""

from __future__ import annotations

from ipaddress import ip_network

SECRETS = tuple(
    map(
        ip_network,
        (
            # Link-local: nearly every cloud (RFC 3927, RFC 4291); also 169.254.170.2 of Amazon's
            # containers, 169.254.0.23 of Tencent, 169.254.42.42 of Scaleway, fe80::a9fe:a9fe of
            # OpenStack.
            "169.254.0.0/16",
            "fe80::/10",
            # Amazon: metadata at ::254, keys of pods at ::23; the block is Amazon's services' own.
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
            "fd00:ec2::/32",
            # Google: https://cloud.google.com/compute/docs/metadata/querying-metadata
            "fd20:ce::254/128",
            # Alibaba: https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
            "100.100.100.200/32",
            "fd00:100::100:200/128",
            # Oracle, its classic cloud:
            # https://docs.oracle.com/en/cloud/iaas/compute-iaas-cloud/stcsg/retrieving-instance-metadata.html
            "192.0.0.192/32",
            # Oracle: cloud-init's DataSourceOracle.py
            "fd00:c1::a9fe:a9fe/128",
            # Azure's host, to its machines only:
            # https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
            "168.63.129.16/32",
            # Scaleway: https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html
            "fd00:42::42/128",
            # Akamai: https://docs.cloud-init.io/en/latest/reference/datasources/akamai.html
            "fd00:a9fe:a9fe::1/128",
        ),
    )
)
"""Networks of IPv4 and IPv6."""
