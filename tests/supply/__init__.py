"""The supply chain: what is locked, under which licences, and what the code may not do.

python -m tests.supply licences        packages, data and lexicons with their licences
python -m tests.supply sbom            the runtime lock as a bill of materials (CycloneDX 1.6, JSON)
"""
