{
  "targets": [
    {
      "target_name": "sd-notify",
      "sources": ["src/addon/sd-notify.c"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
    }
  ]
}
