"""The product's network rules on captures built by scapy: each attack beside a clean twin."""
