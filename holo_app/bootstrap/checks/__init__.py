"""What the doctor looks at, one module per part. Each check only looks: it changes nothing on the device."""
