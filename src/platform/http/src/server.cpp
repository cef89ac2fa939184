// SPDX-License-Identifier: Apache-2.0
#include <http/server.hpp>

#include "connection.hpp"

#include <boost/asio/ip/address.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace oakum::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptedAtOnce = 64;
constexpr auto kPause = std::chrono::milliseconds(100); // when the process has no descriptors left

base::Error socket_error(std::string doing) {
    return base::unavailable(std::move(doing) + ": " + std::strerror(errno));
}

base::Result<int> listen_on(const asio::ip::address& address, std::uint16_t port) {
    const asio::ip::tcp::endpoint endpoint(address, port);
    const int socket = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return socket_error("making a socket");
    const int yes = 1;
    const int no = 0;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address.is_v6()) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (::bind(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
        ::listen(socket, kBacklog) != 0) {
        base::Error error =
            socket_error("listening on " + address.to_string() + " port " + std::to_string(port));
        ::close(socket);
        return error;
    }
    return socket;
}

ports::Peer peer_of(const sockaddr_storage& from) {
    ports::Peer peer;
    asio::ip::address address;
    if (from.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
        address = asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
    } else if (from.ss_family == AF_INET6) {
        asio::ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, bytes.size());
        const asio::ip::address_v6 v6(bytes);
        if (v6.is_v4_mapped())
            address = asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
        else
            address = v6;
    }
    peer.address = address.to_string();
    peer.loopback = address.is_loopback();
    return peer;
}

} // namespace

struct Server::Parts {
    Parts(ServerOptions options, ports::HttpHandler& handler, base::LogSink& log)
        : files(std::max(1U, options.file_threads)), shared(std::move(options), handler, log, files) {}

    void accept_when_ready();
    void accept_all();
    void take(int socket, const sockaddr_storage& from);
    std::size_t live_connections() const { return shared.connections.load(); }

    // In the order of their making; destroyed in reverse, after stop().
    TicketKeys tickets;
    BlockingPool files;
    Shared shared;
    std::mutex context_mutex;
    SslContextPtr context; // guarded by context_mutex; connections hold their own reference
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<asio::ip::tcp::acceptor> acceptor; // of the first worker's thread
    std::unique_ptr<asio::steady_timer> pause;
    std::uint16_t port = 0;
    std::size_t next_worker = 0;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    bool stopped = false;
};

void Server::Parts::accept_when_ready() {
    acceptor->async_wait(asio::ip::tcp::acceptor::wait_read, [this](const boost::system::error_code& error) {
        if (!error) accept_all();
    });
}

void Server::Parts::accept_all() {
    for (int i = 0; i < kAcceptedAtOnce; ++i) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        const int socket = ::accept4(acceptor->native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                                     SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket >= 0) {
            take(socket, from);
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            shared.log.write(base::LogLevel::warning, "http",
                             std::string("accepting a connection: ") + std::strerror(errno));
            pause->expires_after(kPause);
            pause->async_wait([this](const boost::system::error_code& error) {
                if (!error) accept_when_ready();
            });
            return;
        }
    }
    accept_when_ready();
}

void Server::Parts::take(int socket, const sockaddr_storage& from) {
    ports::Peer peer = peer_of(from);
    const ServerLimits& limits = shared.options.limits;
    if (shared.connections >= limits.connections ||
        !shared.addresses.open(peer.address, limits.connections_per_address)) {
        ++refused;
        ::close(socket);
        return;
    }
    ++accepted;
    ++shared.connections;
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    SSL_CTX* current = nullptr;
    {
        const std::lock_guard lock(context_mutex);
        current = context.get();
        if (current != nullptr) SSL_CTX_up_ref(current);
    }
    Worker& worker = *workers[next_worker++ % workers.size()];
    worker.io->post([this, &worker, socket, peer = std::move(peer), current]() mutable {
        (new Connection(shared, worker, socket, std::move(peer), SslContextPtr(current)))->run();
    });
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, ports::HttpHandler& handler,
                                                    base::LogSink& log) {
    boost::system::error_code failure;
    const asio::ip::address address = asio::ip::make_address(options.address, failure);
    if (failure) return base::invalid("\"" + options.address + "\" is not an address to listen on");
    const unsigned threads = std::max(1U, options.threads);
    const std::uint16_t port = options.port;
    auto parts = std::make_unique<Parts>(std::move(options), handler, log);
    if (!parts->shared.options.plain_for_tests) {
        TRY_VALUE(parts->context, make_server_context(parts->shared.options.identity, parts->tickets));
    }
    TRY_VALUE(const int socket, listen_on(address, port));
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
    parts->port = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                                    : reinterpret_cast<sockaddr_in&>(bound).sin_port);
    for (unsigned i = 0; i < threads; ++i) {
        auto worker = std::make_unique<Worker>();
        worker->io = IoThread::start();
        parts->workers.push_back(std::move(worker));
    }
    IoThread& first = *parts->workers.front()->io;
    parts->acceptor = std::make_unique<asio::ip::tcp::acceptor>(first.context());
    parts->pause = std::make_unique<asio::steady_timer>(first.context());
    parts->acceptor->assign(address.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket, failure);
    std::unique_ptr<Server> server(new Server(std::move(parts)));
    if (failure) {
        ::close(socket);
        return base::unavailable("listening: " + failure.message());
    }
    first.post([raw = server->parts_.get()] { raw->accept_when_ready(); });
    return server;
}

Server::~Server() {
    stop(base::Duration(0));
}

std::uint16_t Server::port() const {
    return parts_->port;
}

base::Status Server::reload(const ServerIdentity& identity) {
    TRY_VALUE(SslContextPtr fresh, make_server_context(identity, parts_->tickets));
    const std::lock_guard lock(parts_->context_mutex);
    parts_->context = std::move(fresh);
    return {};
}

ServerMetrics Server::metrics() const {
    ServerMetrics sum;
    sum.connections_accepted = parts_->accepted;
    sum.connections_open = parts_->live_connections();
    sum.connections_refused = parts_->refused;
    sum.requests_in_flight = parts_->shared.requests;
    for (const auto& worker : parts_->workers) {
        const Counters& counters = worker->counters;
        sum.handshakes_full += counters.handshakes_full;
        sum.handshakes_resumed += counters.handshakes_resumed;
        sum.handshakes_failed += counters.handshakes_failed;
        sum.requests += counters.requests;
        sum.requests_malformed += counters.malformed;
        sum.requests_shed += counters.shed;
        sum.timeouts += counters.timeouts;
        sum.bytes_in += counters.bytes_in;
        sum.bytes_out += counters.bytes_out;
        for (int i = 0; i < 6; ++i)
            sum.responses[i] += counters.responses[i];
    }
    return sum;
}

void Server::stop(base::Duration grace) {
    if (std::exchange(parts_->stopped, true)) return;
    Parts& parts = *parts_;
    parts.shared.draining = true;
    parts.workers.front()->io->post([&parts] {
        boost::system::error_code ignored;
        parts.acceptor->close(ignored);
        parts.pause->cancel();
    });
    const auto tell = [&parts](void (Connection::*what)()) {
        for (const auto& worker : parts.workers) {
            worker->io->post([worker = worker.get(), what] {
                // A copy: a connection may end, and leave the set, while it is told.
                const std::vector<Connection*> all(worker->connections.begin(), worker->connections.end());
                for (Connection* connection : all) {
                    if (worker->connections.contains(connection)) (connection->*what)();
                }
            });
        }
    };
    tell(&Connection::drain);
    std::unique_lock lock(parts.shared.mutex);
    const auto none_left = [&parts] { return parts.live_connections() == 0; };
    if (!parts.shared.emptied.wait_for(lock, grace, none_left)) {
        // Again and again: one that was just accepted is told the next time.
        do {
            lock.unlock();
            tell(&Connection::cut_off);
            lock.lock();
        } while (!parts.shared.emptied.wait_for(lock, std::chrono::milliseconds(50), none_left));
    }
    lock.unlock();
    for (const auto& worker : parts.workers)
        worker->io->stop();
}

} // namespace oakum::http
