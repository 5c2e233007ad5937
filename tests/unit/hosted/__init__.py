"""What GitHub and editors read of the project: workflows, Dependabot, pre-commit, the devcontainer."""
