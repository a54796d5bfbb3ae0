"""The file room: sealed values, and encrypted objects in a folder or in S3."""
