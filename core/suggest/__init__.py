"""Where proposals come from: one module a source, and the pipeline that ranks them."""
