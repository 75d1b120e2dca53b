"""Read documentation pages of the gateways: every form, exactly or not at all."""
