"""How many chips an instance type has.

Sources: AWS, docs.aws.amazon.com/ec2/latest/instancetypes/ac.html; Azure, the series NC and ND at
learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/. A GB200 instance is a tray of
four.
"""

from __future__ import annotations

CHIPS = {
    # AWS: A100, H100, H200, B200, B300, Trainium, older ones
    "p4d.24xlarge": 8,
    "p4de.24xlarge": 8,
    "p5.4xlarge": 1,
    "p5.48xlarge": 8,
    "p5e.48xlarge": 8,
    "p5en.48xlarge": 8,
    "p6-b200.48xlarge": 8,
    "p6-b300.48xlarge": 8,
    "trn1.2xlarge": 1,
    "trn1.32xlarge": 16,
    "trn1n.32xlarge": 16,
    "trn2.48xlarge": 16,
    "p3.2xlarge": 1,
    "p3.8xlarge": 4,
    "p3.16xlarge": 8,
    "p3dn.24xlarge": 8,
    # Azure: A100, H100, H200, MI300X, GB200
    "Standard_NC24ads_A100_v4": 1,
    "Standard_NC48ads_A100_v4": 2,
    "Standard_NC96ads_A100_v4": 4,
    "Standard_ND96asr_v4": 8,
    "Standard_ND96amsr_A100_v4": 8,
    "Standard_NC40ads_H100_v5": 1,
    "Standard_NC80adis_H100_v5": 2,
    "Standard_ND96is_H100_v5": 8,
    "Standard_ND96isr_H100_v5": 8,
    "Standard_ND96isr_H200_v5": 8,
    "Standard_ND96is_MI300X_v5": 8,
    "Standard_ND96isr_MI300X_v5": 8,
    "Standard_ND128isr_NDR_GB200_v6": 4,
}
