// SPDX-License-Identifier: Apache-2.0
#include <http/client.hpp>

#include "request_text.hpp"
#include "stream.hpp"
#include "tls.hpp"

#include <http/response_reader.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

namespace oakum::http {
namespace {

using Steady = std::chrono::steady_clock;
using AddressesPtr = std::unique_ptr<addrinfo, Freed<freeaddrinfo>>;

constexpr std::size_t kReceive = 16 * 1024;

base::Error timed_out() {
    return base::unavailable("timed out");
}

// What the events of poll(2) were, or 0 when the time is over.
short wait_for(int socket, short events, Steady::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        if (left <= 0) return 0;
        pollfd entry{socket, events, 0};
        const int outcome = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
        if (outcome > 0) return entry.revents;
        if (outcome < 0 && errno != EINTR) return 0;
    }
}

class SocketHandle {
  public:
    SocketHandle() = default;
    explicit SocketHandle(int number) : number_(number) {}
    SocketHandle(SocketHandle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    SocketHandle& operator=(SocketHandle&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~SocketHandle() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }

  private:
    int number_ = -1;
};

base::Result<AddressesPtr> resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port);
    int outcome = getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
    if (outcome == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV;
        outcome = getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
    }
    if (outcome != 0) return base::unavailable("looking up " + host + ": " + gai_strerror(outcome));
    return AddressesPtr(found);
}

base::Result<SocketHandle> connect_to(const addrinfo& address, Steady::time_point deadline) {
    SocketHandle socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) return base::unavailable(std::string("making a socket: ") + std::strerror(errno));
    const int yes = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    int error = errno;
    if (error == EINPROGRESS) {
        if (wait_for(socket.get(), POLLOUT, deadline) == 0) return timed_out();
        socklen_t size = sizeof error;
        getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) return base::unavailable(std::strerror(error));
    return socket;
}

} // namespace

struct Client::Parts {
    explicit Parts(ClientOptions chosen)
        : options(std::move(chosen)), authority(authority_of(options.host, options.port)) {}

    base::Status connect(Steady::time_point deadline);
    base::Status shake_hands(Steady::time_point deadline);
    base::Result<bool> send(std::string_view bytes, ResponseReader& reader, Steady::time_point deadline);
    static base::Status feed(ResponseReader& reader, std::string_view bytes);
    base::Result<ports::ClientResponse> receive(ResponseReader& reader, Steady::time_point deadline);
    base::Result<ports::ClientResponse> once(const ports::ClientRequest& request, const std::string& head,
                                             ResponseReader& reader, Steady::time_point deadline);
    base::Result<ports::ClientResponse> run(const ports::ClientRequest& request,
                                            const ResponseReader::Piece* piece);
    bool is_alive();
    base::Status learn();
    void drop();

    const ClientOptions options;
    const std::string authority;
    SslContextPtr context; // null: plain
    CertificatePtr certificate;
    KeyPtr key;
    SessionPtr session;
    std::string learned;
    SocketHandle socket;
    std::unique_ptr<Stream> stream; // null: not connected; borrows the socket
};

Client::Client(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Client::~Client() {
    disconnect();
}

base::Result<std::unique_ptr<Client>> Client::make(ClientOptions options) {
    if (options.host.empty() || !is_header_value(options.host))
        return base::invalid("a client needs the name of a host");
    auto parts = std::make_unique<Parts>(std::move(options));
    if (!parts->options.plain) {
        TRY_VALUE(parts->context, make_client_context(parts->options.trust));
    }
    if (!parts->options.identity.certificate_pem.empty()) {
        TRY_VALUE(parts->certificate, parse_certificate(parts->options.identity.certificate_pem));
        TRY_VALUE(parts->key, parse_key(parts->options.identity.key_pem));
    }
    return std::unique_ptr<Client>(new Client(std::move(parts)));
}

void Client::disconnect() {
    parts_->drop();
}

std::string Client::learned_ca_pem() const {
    return parts_->learned;
}

base::Result<ports::ClientResponse> Client::exchange(const ports::ClientRequest& request) {
    return parts_->run(request, nullptr);
}

base::Result<ports::ClientResponse> Client::stream(const ports::ClientRequest& request,
                                                   const std::function<base::Status(base::ByteView)>& piece) {
    return parts_->run(request, &piece);
}

void Client::Parts::drop() {
    if (stream) stream->end();
    stream.reset();
    socket = SocketHandle();
}

base::Status Client::Parts::connect(Steady::time_point deadline) {
    TRY_VALUE(const AddressesPtr addresses, resolve(options.host, options.port));
    base::Status outcome = base::unavailable("no address");
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        auto connected = connect_to(*address, deadline);
        if (!connected.ok()) {
            outcome = std::move(connected).error().wrap("connecting to " + authority);
            continue;
        }
        socket = std::move(connected).value();
        stream = std::make_unique<Stream>(socket.get());
        if (!context) return {};
        outcome = shake_hands(deadline);
        if (outcome.ok()) return {};
        drop();
        return std::move(outcome).error().wrap("connecting to " + authority);
    }
    return outcome;
}

base::Status Client::Parts::shake_hands(Steady::time_point deadline) {
    TRY(stream->use_tls(context.get(), Side::client));
    SSL* ssl = stream->tls();
    TRY(expect_host(ssl, options.host));
    if (certificate) TRY(use_identity(ssl, certificate.get(), key.get()));
    keep_session_in(ssl, session);
    for (;;) {
        const Io state = stream->handshake();
        if (state == Io::done) return learn();
        if (state != Io::want_read && state != Io::want_write) {
            session.reset(); // whatever it was, the next attempt begins anew
            return describe_failure(ssl);
        }
        if (wait_for(socket.get(), state == Io::want_read ? POLLIN : POLLOUT, deadline) == 0)
            return timed_out();
    }
}

// Keeps the authority that was known by its fingerprint only.
base::Status Client::Parts::learn() {
    if (!options.trust.ca_fingerprint || !learned.empty()) return {};
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(stream->tls());
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        if (fingerprint(sk_X509_value(chain, i)) != *options.trust.ca_fingerprint) continue;
        TRY_VALUE(learned, certificate_pem(sk_X509_value(chain, i)));
    }
    return {};
}

// A kept connection that the server ended meanwhile has something to read: its goodbye.
bool Client::Parts::is_alive() {
    if (!stream) return false;
    char byte = 0;
    if (stream->read(&byte, 1).state == Io::want_read) return true;
    take_openssl_reason();
    drop();
    return false;
}

// False, without an error, when the server answers before it has read everything.
base::Result<bool> Client::Parts::send(std::string_view bytes, ResponseReader& reader,
                                       Steady::time_point deadline) {
    while (!bytes.empty()) {
        const IoResult result = stream->write(bytes.data(), bytes.size());
        if (result.state == Io::done) {
            bytes.remove_prefix(result.bytes);
            continue;
        }
        if (result.state != Io::want_write && result.state != Io::want_read)
            return base::unavailable("the connection was cut while sending");
        const short events = wait_for(socket.get(), POLLIN | POLLOUT, deadline);
        if (events == 0) return timed_out();
        if ((events & POLLIN) == 0) continue;
        char piece[1024];
        const IoResult early = stream->read(piece, sizeof piece);
        if (early.state == Io::done) {
            TRY(feed(reader, {piece, early.bytes}));
            return false;
        }
        if (early.state == Io::end || early.state == Io::lost)
            return base::unavailable("the connection was cut while sending");
    }
    return true;
}

base::Status Client::Parts::feed(ResponseReader& reader, std::string_view bytes) {
    TRY_VALUE(const std::size_t used, reader.feed(bytes));
    if (used < bytes.size()) return base::corrupt("bytes after the end of the answer");
    return {};
}

base::Result<ports::ClientResponse> Client::Parts::receive(ResponseReader& reader,
                                                           Steady::time_point deadline) {
    char piece[kReceive];
    auto window = Steady::now() + options.slow_window;
    std::uint64_t in_window = 0;
    const auto least =
        options.least_bytes_a_second * static_cast<std::uint64_t>(options.slow_window.count()) / 1000;
    while (!reader.done()) {
        const IoResult result = stream->read(piece, sizeof piece);
        if (result.state == Io::done) {
            TRY(feed(reader, {piece, result.bytes}));
            in_window += result.bytes;
        } else if (result.state == Io::end) {
            TRY(reader.end());
        } else if (result.state == Io::lost) {
            return stream->tls() != nullptr ? describe_failure(stream->tls())
                                            : base::unavailable("the connection was cut");
        } else if (wait_for(socket.get(), result.state == Io::want_read ? POLLIN : POLLOUT,
                            std::min(deadline, window)) == 0 &&
                   Steady::now() >= deadline) {
            return timed_out();
        }
        if (Steady::now() < window) continue;
        if (reader.has_head() && !reader.done() && in_window < least)
            return base::unavailable("the transfer is too slow");
        if (Steady::now() >= deadline && !reader.done()) return timed_out();
        window = Steady::now() + options.slow_window;
        in_window = 0;
    }
    return reader.take();
}

base::Result<ports::ClientResponse> Client::Parts::once(const ports::ClientRequest& request,
                                                        const std::string& head, ResponseReader& reader,
                                                        Steady::time_point deadline) {
    if (!stream) TRY(connect(std::min(deadline, Steady::now() + options.connect_timeout)));
    // A small body goes out together with its head. What the server said before it cut the connection is
    // worth more than the error of sending.
    const bool joined = request.body.size() <= kReceive;
    base::Result<bool> sent =
        joined ? send(head + request.body, reader, deadline) : send(head, reader, deadline);
    if (!joined && sent.ok() && *sent) sent = send(request.body, reader, deadline);
    auto response = receive(reader, deadline);
    if (!sent.ok() && !response.ok() && !reader.begun() && response.error().kind != base::ErrorKind::denied)
        return std::move(sent).error();
    // What was not sent would be taken for the next request.
    if (!sent.ok() || !*sent) drop();
    return response;
}

base::Result<ports::ClientResponse> Client::Parts::run(const ports::ClientRequest& request,
                                                       const ResponseReader::Piece* piece) {
    const auto deadline = Steady::now() + request.timeout;
    TRY_VALUE(const std::string head, encode_request_head(request, authority));
    for (bool again = false;; again = true) {
        const bool kept = is_alive();
        ResponseReader reader(request.method == ports::Method::head, request.response_limit, piece);
        auto response = once(request, head, reader, deadline);
        if (!response.ok() || !reader.keep_alive()) drop();
        // A kept connection may end just while it is used again; nothing of an answer came, and asking twice
        // is safe.
        if (response.ok() || again || !kept || reader.begun() || !is_repeatable(request.method) ||
            Steady::now() >= deadline)
            return response;
    }
}

} // namespace oakum::http
