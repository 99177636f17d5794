"""HTTP only: request, form, workflow call, page or fragment. One file per noun."""
