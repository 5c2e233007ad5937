"""What the doctor looks at on this machine: settings, host.json, packages. Services are operations/health's."""
