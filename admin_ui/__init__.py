"""The product's face: pages drawn on the server, working without scripts, quicker with them.

`admin_ui.routes.routes` and `admin_ui.rendering.template_config` are what the application needs; pages read the
opened installation from `state["context"]`.
"""
