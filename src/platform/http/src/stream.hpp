// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace oakum::http {

template <auto Free> struct Freed {
    template <class T> void operator()(T* object) const { Free(object); }
};
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

// The topmost reason of OpenSSL's error queue, which is emptied.
std::string take_openssl_reason();

enum class Io {
    done,
    want_read,
    want_write,
    end,  // the peer ended the stream properly
    lost, // reset, cut off, or not TLS
};
struct IoResult {
    Io state = Io::lost;
    std::size_t bytes = 0;
};

enum class Side { server, client };

// One connection's bytes over a socket that does not block: TLS, or plain. Borrows the socket. Not movable,
// since OpenSSL keeps its address.
class Stream {
  public:
    explicit Stream(int socket) : socket_(socket) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    base::Status use_tls(SSL_CTX* context, Side side);
    SSL* tls() const { return ssl_.get(); }

    Io handshake();
    IoResult read(char* into, std::size_t size);
    IoResult write(const char* from, std::size_t size);
    // Says goodbye when that is possible at once.
    void end();
    // True when a read may give bytes although the socket has none.
    bool buffered() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

    std::uint64_t bytes_in() const { return in_; }
    std::uint64_t bytes_out() const { return out_; }

    // For OpenSSL's side of the socket.
    long receive(char* into, std::size_t size);
    long transmit(const char* from, std::size_t size);

  private:
    Io state_of(int outcome);
    int socket_;
    SslPtr ssl_;
    bool broken_ = false; // OpenSSL must not be asked for a goodbye after a fatal error
    std::uint64_t in_ = 0;
    std::uint64_t out_ = 0;
};

} // namespace oakum::http
