"""What billable items are, what they cost, and how usage becomes amounts: it knows SKUs, not networks."""
