// What Node lacks of Unix: datagrams to a service manager, sockets that nobody accepts from, peer credentials, flock(2) and
// descriptors over a socket. Every function returns at once; failures are returned as -errno.
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <node_api.h>

enum {
  DESCRIPTORS_MAX = 64  // in one message; the kernel's own limit is 253 (SCM_MAX_FD)
};

static napi_value integer(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

static napi_value integers(napi_env env, const int64_t *values, size_t count) {
  napi_value list = NULL;
  napi_create_array_with_length(env, count, &list);
  for (size_t i = 0; i < count; i++) napi_set_element(env, list, (uint32_t)i, integer(env, values[i]));
  return list;
}

static bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *argv) {
  size_t argc = count;
  return napi_get_cb_info(env, info, &argc, argv, NULL, NULL) == napi_ok && argc >= count;
}

// One that is not open, -1 say, is refused by the kernel.
static bool descriptor(napi_env env, napi_value value, int *fd) {
  return napi_get_value_int32(env, value, fd) == napi_ok;
}

// The bytes of a Uint8Array argument; NULL when it is none, or empty.
static uint8_t *uint8_array(napi_env env, napi_value value, size_t *length) {
  napi_typedarray_type type;
  void *bytes = NULL;
  if (napi_get_typedarray_info(env, value, &type, length, &bytes, NULL, NULL) != napi_ok || type != napi_uint8_array)
    return NULL;
  return *length == 0 ? NULL : bytes;
}

// A path, or '@' and the name of an abstract socket: 0 | -errno.
static int address_of(napi_env env, napi_value value, struct sockaddr_un *address, socklen_t *length) {
  size_t size;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &size) != napi_ok) return -EINVAL;
  if (size == 0 || size >= sizeof address->sun_path) return -EMSGSIZE;
  napi_get_value_string_utf8(env, value, address->sun_path, sizeof address->sun_path, &size);
  if (address->sun_path[0] == '@') address->sun_path[0] = '\0';
  else size++;  // a path ends with its NUL, an abstract name with its length
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  return 0;
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

// notify(address: string, text: string): 0 | -errno
static napi_value notify(napi_env env, napi_callback_info info) {
  struct sockaddr_un address;
  socklen_t length = 0;
  char text[4096];
  size_t bytes;
  napi_value argv[2];
  if (!arguments(env, info, 2, argv) || napi_get_value_string_utf8(env, argv[1], NULL, 0, &bytes) != napi_ok)
    return integer(env, -EINVAL);
  int failure = address_of(env, argv[0], &address, &length);
  if (failure == 0 && bytes >= sizeof text) failure = -EMSGSIZE;
  if (failure != 0) return integer(env, failure);
  napi_get_value_string_utf8(env, argv[1], text, sizeof text, &bytes);
  return integer(env, send_to(&address, length, text, bytes));
}

// A stream socket that this does to the address in argument 0: descriptor | -errno
static napi_value with_socket(napi_env env, napi_callback_info info,
                              int (*act)(int, const struct sockaddr *, socklen_t)) {
  struct sockaddr_un address;
  socklen_t length = 0;
  napi_value argv[1];
  if (!arguments(env, info, 1, argv)) return integer(env, -EINVAL);
  int failure = address_of(env, argv[0], &address, &length);
  if (failure != 0) return integer(env, failure);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return integer(env, -errno);
  if (act(fd, (const struct sockaddr *)&address, length) == 0) return integer(env, fd);
  failure = -errno;
  close(fd);
  return integer(env, failure);
}

static int bind_and_listen(int fd, const struct sockaddr *address, socklen_t length) {
  return bind(fd, address, length) != 0 ? -1 : listen(fd, SOMAXCONN);
}

// listen(address: string): descriptor | -errno
static napi_value listen_(napi_env env, napi_callback_info info) {
  return with_socket(env, info, bind_and_listen);
}

// connect(address: string): descriptor | -errno; EAGAIN when too many wait to be accepted
static napi_value connect_(napi_env env, napi_callback_info info) {
  return with_socket(env, info, connect);
}

// pair(): [descriptor, descriptor] | -errno
static napi_value pair(napi_env env, napi_callback_info info) {
  (void)info;
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) return integer(env, -errno);
  return integers(env, (const int64_t[]){fds[0], fds[1]}, 2);
}

// peer(descriptor): [pid, uid, gid] | -errno
static napi_value peer(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd, domain = 0;
  struct ucred who;
  socklen_t length = sizeof who, size = sizeof domain;
  if (!arguments(env, info, 1, argv) || !descriptor(env, argv[0], &fd)) return integer(env, -EINVAL);
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) return integer(env, -errno);
  if (domain != AF_UNIX) return integer(env, -EAFNOSUPPORT);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) return integer(env, -errno);
  if (who.uid == (uid_t)-1) return integer(env, -ENOTCONN);
  return integers(env, (const int64_t[]){who.pid, who.uid, who.gid}, 3);
}

// lock(descriptor): 0 | -errno
static napi_value lock(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd, result;
  if (!arguments(env, info, 1, argv) || !descriptor(env, argv[0], &fd)) return integer(env, -EINVAL);
  do result = flock(fd, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return integer(env, result == 0 ? 0 : -errno);
}

// Room for the descriptors of one message, aligned as its header must be.
typedef union {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
} Control;

// send(descriptor, bytes: Uint8Array, descriptors: number[]): number of bytes | -errno
static napi_value send_(napi_env env, napi_callback_info info) {
  napi_value argv[3], element;
  int fd, fds[DESCRIPTORS_MAX];
  uint32_t count = 0;
  size_t length = 0;
  uint8_t *bytes;
  if (!arguments(env, info, 3, argv) || !descriptor(env, argv[0], &fd) ||
      (bytes = uint8_array(env, argv[1], &length)) == NULL || napi_get_array_length(env, argv[2], &count) != napi_ok)
    return integer(env, -EINVAL);
  if (count > DESCRIPTORS_MAX) return integer(env, -E2BIG);
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(env, argv[2], i, &element) != napi_ok || !descriptor(env, element, &fds[i]))
      return integer(env, -EBADF);

  Control control = {0};
  struct iovec data = {bytes, length};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (count > 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  }
  ssize_t sent;
  do sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return integer(env, sent < 0 ? -errno : sent);
}

// receive(descriptor, buffer: Uint8Array): [number of bytes, descriptor…] | -errno
static napi_value receive(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd;
  size_t size = 0;
  uint8_t *buffer;
  if (!arguments(env, info, 2, argv) || !descriptor(env, argv[0], &fd) ||
      (buffer = uint8_array(env, argv[1], &size)) == NULL)
    return integer(env, -EINVAL);

  Control control = {0};
  struct iovec room = {buffer, size};
  struct msghdr message = {
      .msg_iov = &room, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t length;
  do length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);
  if (length < 0) return integer(env, -errno);

  int64_t found[1 + DESCRIPTORS_MAX] = {length};
  size_t count = 1;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    for (size_t at = 0; CMSG_LEN(at + sizeof fd) <= header->cmsg_len && count <= DESCRIPTORS_MAX; at += sizeof fd) {
      memcpy(&fd, CMSG_DATA(header) + at, sizeof fd);
      found[count++] = fd;
    }
  }
  if ((message.msg_flags & MSG_CTRUNC) == 0) return integers(env, found, count);
  // The kernel has closed those that had no room, or that this process may not have: nobody gets a part.
  while (count > 1) close((int)found[--count]);
  return integer(env, -E2BIG);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"notify", NULL, notify, NULL, NULL, NULL, napi_enumerable, NULL},
      {"listen", NULL, listen_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"connect", NULL, connect_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"pair", NULL, pair, NULL, NULL, NULL, napi_enumerable, NULL},
      {"peer", NULL, peer, NULL, NULL, NULL, napi_enumerable, NULL},
      {"lock", NULL, lock, NULL, NULL, NULL, napi_enumerable, NULL},
      {"send", NULL, send_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
