"""What Pellucid costs: each module measures one thing and prints it, beside a limit measured in the same run."""
