"""The file room: encrypted objects in a folder or an S3-compatible store."""
