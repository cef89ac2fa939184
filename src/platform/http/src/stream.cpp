// SPDX-License-Identifier: Apache-2.0
#include "stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace oakum::http {
namespace {

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE; this one never does, and it counts.
int bio_write(BIO* bio, const char* from, int size) {
    const long sent = static_cast<Stream*>(BIO_get_data(bio))->transmit(from, static_cast<std::size_t>(size));
    BIO_clear_retry_flags(bio);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* into, int size) {
    const long got = static_cast<Stream*>(BIO_get_data(bio))->receive(into, static_cast<std::size_t>(size));
    BIO_clear_retry_flags(bio);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(got);
}

long bio_control(BIO* bio, int command, long, void*) {
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
        return 0;
    }
}

// Made once, for the life of the process: OpenSSL keeps no table of methods to free them from.
BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "oakum socket");
        if (made == nullptr) return made;
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    return method;
}

} // namespace

std::string take_openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason == nullptr ? "no reason given" : reason;
}

base::Status Stream::use_tls(SSL_CTX* context, Side side) {
    SslPtr ssl(SSL_new(context));
    BIO* bio = ssl ? BIO_new(socket_method()) : nullptr;
    if (bio == nullptr) return base::unavailable("no memory for a TLS connection");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    if (side == Side::server)
        SSL_set_accept_state(ssl.get());
    else
        SSL_set_connect_state(ssl.get());
    ssl_ = std::move(ssl);
    return {};
}

long Stream::receive(char* into, std::size_t size) {
    const ssize_t got = ::recv(socket_, into, size, MSG_DONTWAIT);
    if (got > 0) in_ += static_cast<std::uint64_t>(got);
    return got;
}

long Stream::transmit(const char* from, std::size_t size) {
    const ssize_t sent = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) out_ += static_cast<std::uint64_t>(sent);
    return sent;
}

Io Stream::state_of(int outcome) {
    const int error = SSL_get_error(ssl_.get(), outcome);
    switch (error) {
    case SSL_ERROR_NONE:
        return Io::done;
    case SSL_ERROR_WANT_READ:
        return Io::want_read;
    case SSL_ERROR_WANT_WRITE:
        return Io::want_write;
    case SSL_ERROR_ZERO_RETURN:
        return Io::end;
    default:
        broken_ = true;
        return Io::lost;
    }
}

Io Stream::handshake() {
    if (!ssl_) return Io::done;
    ERR_clear_error();
    return state_of(SSL_do_handshake(ssl_.get()));
}

IoResult Stream::read(char* into, std::size_t size) {
    if (!ssl_) {
        const long got = receive(into, size);
        if (got > 0) return {Io::done, static_cast<std::size_t>(got)};
        if (got == 0) return {Io::end, 0};
        return {errno == EAGAIN || errno == EINTR ? Io::want_read : Io::lost, 0};
    }
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (got > 0) return {Io::done, static_cast<std::size_t>(got)};
    return {state_of(got), 0};
}

IoResult Stream::write(const char* from, std::size_t size) {
    if (!ssl_) {
        const long sent = transmit(from, size);
        if (sent >= 0) return {Io::done, static_cast<std::size_t>(sent)};
        return {errno == EAGAIN || errno == EINTR ? Io::want_write : Io::lost, 0};
    }
    ERR_clear_error();
    const int sent = SSL_write(ssl_.get(), from, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (sent > 0) return {Io::done, static_cast<std::size_t>(sent)};
    return {state_of(sent), 0};
}

void Stream::end() {
    if (!ssl_ || broken_ || SSL_in_init(ssl_.get()) == 1) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

} // namespace oakum::http
