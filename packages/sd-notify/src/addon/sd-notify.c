// One function: send a datagram to a socket of the file system or, if the name begins with '@', to an abstract one.
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <node_api.h>

static napi_value integer(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

// A socket for each datagram: none is open, and inherited by nobody, in between. Never waits for a receiver.
static int send_to(const struct sockaddr_un *address, socklen_t length, const char *text, size_t bytes) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  ssize_t sent;
  do sent = sendto(fd, text, bytes, MSG_NOSIGNAL, (const struct sockaddr *)address, length);
  while (sent < 0 && errno == EINTR);
  int result = sent < 0 ? -errno : 0;
  close(fd);
  return result;
}

// send(address: string, text: string): 0 | -errno
static napi_value send_(napi_env env, napi_callback_info info) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char text[4096];
  size_t argc = 2, path, bytes;
  napi_value argv[2];
  if (napi_get_cb_info(env, info, &argc, argv, NULL, NULL) != napi_ok || argc < 2 ||
      napi_get_value_string_utf8(env, argv[0], NULL, 0, &path) != napi_ok ||
      napi_get_value_string_utf8(env, argv[1], NULL, 0, &bytes) != napi_ok)
    return integer(env, -EINVAL);
  if (path == 0 || path >= sizeof address.sun_path || bytes >= sizeof text) return integer(env, -EMSGSIZE);
  napi_get_value_string_utf8(env, argv[0], address.sun_path, sizeof address.sun_path, &path);
  napi_get_value_string_utf8(env, argv[1], text, sizeof text, &bytes);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  else path++;  // a path ends with its NUL, an abstract name with its length
  return integer(env, send_to(&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path), text, bytes));
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "send", NAPI_AUTO_LENGTH, send_, NULL, &function);
  napi_set_named_property(env, exports, "send", function);
  return exports;
}
