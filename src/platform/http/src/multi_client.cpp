// SPDX-License-Identifier: Apache-2.0
#include <http/multi_client.hpp>

#include "io_thread.hpp"
#include "request_text.hpp"
#include "stream.hpp"
#include "task.hpp"
#include "tls.hpp"

#include <http/response_reader.hpp>

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

namespace oakum::http {
namespace {

constexpr std::size_t kReceive = 16 * 1024;

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

base::Result<Address> resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int outcome = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (outcome != 0) return base::unavailable("looking up " + host + ": " + gai_strerror(outcome));
    Address address;
    std::memcpy(&address.bytes, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    freeaddrinfo(found);
    return address;
}

struct Job {
    ports::ClientRequest request;
    std::string head;
    MultiClient::OnResponse done;
    MultiClient::OnPiece piece;
};

struct Common {
    MultiClientOptions options;
    std::string authority;
    Address address;
    SslContextPtr context; // null: plain
    std::atomic<std::size_t> connections{0};
    std::atomic<bool> stopping{false};
};

struct Credentials {
    CertificatePtr certificate;
    KeyPtr key;
};

base::Result<Credentials> parse(const ClientIdentity& identity) {
    Credentials credentials;
    if (identity.certificate_pem.empty()) return credentials;
    TRY_VALUE(credentials.certificate, parse_certificate(identity.certificate_pem));
    TRY_VALUE(credentials.key, parse_key(identity.key_pem));
    return credentials;
}

// One of the many: its connection, and what it has yet to ask. Everything but `waiting` belongs to its io
// thread.
class Peer final : public Timed {
  public:
    Peer(Common& common, std::shared_ptr<IoThread> io, Credentials credentials)
        : common_(common), io_(std::move(io)), credentials_(std::move(credentials)) {}
    ~Peer() override { drop(); }

    IoThread& io() { return *io_; }
    std::atomic<std::size_t> waiting{0};

    void enqueue(Job job) {
        jobs_.push_back(std::move(job));
        if (!running_) run();
    }
    void replace(Credentials credentials) {
        credentials_ = std::move(credentials);
        session_.reset();
        disconnect();
    }
    void disconnect() {
        leaving_ = true;
        if (!running_) drop();
    }
    // Ends whatever it does; what waits is answered with an error.
    void cut_off() {
        expire();
        if (!running_) drop();
    }
    void expire() override {
        expired_ = true;
        boost::system::error_code ignored;
        if (socket_) socket_->cancel(ignored);
        if (!running_) drop();
    }

  private:
    Detached run();
    Task<base::Status> connect(Steady::time_point deadline);
    Task<base::Status> shake_hands();
    Task<base::Status> send(std::string_view bytes, ResponseReader& reader, bool& complete);
    Task<base::Status> receive(ResponseReader& reader);
    Task<base::Status> attempt(const Job& job, ResponseReader& reader, Steady::time_point deadline);
    Task<base::Result<ports::ClientResponse>> exchange(const Job& job);
    bool is_alive();
    void drop();
    base::Error why() const { return base::unavailable(common_.stopping ? "stopped" : "timed out"); }

    Common& common_;
    // Shared with the other members of the thread.
    std::shared_ptr<IoThread> io_;
    Credentials credentials_;
    SessionPtr session_;
    std::optional<Socket> socket_;
    std::optional<Stream> stream_;
    std::deque<Job> jobs_;
    bool running_ = false;
    bool leaving_ = false;
    bool expired_ = false;
};

void Peer::drop() {
    if (!stream_) return;
    stream_->end();
    stream_.reset();
    boost::system::error_code ignored;
    socket_->close(ignored);
    socket_.reset();
    --common_.connections;
}

Detached Peer::run() {
    running_ = true;
    while (!jobs_.empty()) {
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        base::Result<ports::ClientResponse> answer = co_await exchange(job);
        --waiting;
        job.done(std::move(answer));
        if (leaving_ || common_.options.keep_alive.count() == 0) drop();
        leaving_ = false;
    }
    running_ = false;
    expired_ = false;
    if (stream_) io_->set_deadline(*this, Steady::now() + common_.options.keep_alive);
}

bool Peer::is_alive() {
    if (!stream_) return false;
    char byte = 0;
    if (stream_->read(&byte, 1).state == Io::want_read) return true;
    take_openssl_reason();
    drop();
    return false;
}

Task<base::Status> Peer::connect(Steady::time_point deadline) {
    const int number =
        ::socket(common_.address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0) co_return base::unavailable(std::string("making a socket: ") + std::strerror(errno));
    const int yes = 1;
    setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    boost::system::error_code failure;
    socket_.emplace(io_->context());
    socket_->assign(asio::ip::tcp::v4(), number, failure);
    if (failure) {
        ::close(number);
        co_return base::unavailable("making a socket: " + failure.message());
    }
    stream_.emplace(number);
    ++common_.connections;
    io_->set_deadline(*this, std::min(deadline, Steady::now() + common_.options.connect_timeout));
    int error = ::connect(number, reinterpret_cast<const sockaddr*>(&common_.address.bytes),
                          common_.address.size) == 0
                    ? 0
                    : errno;
    if (error == EINPROGRESS) {
        Ready ready(*socket_, Socket::wait_write);
        const bool can = co_await ready;
        if (!can || expired_) co_return why();
        socklen_t size = sizeof error;
        getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0)
        co_return base::unavailable("connecting to " + common_.authority + ": " + std::strerror(error));
    if (!common_.context) co_return base::Status{};
    co_return co_await shake_hands();
}

Task<base::Status> Peer::shake_hands() {
    base::Status ready_for_tls = stream_->use_tls(common_.context.get(), Side::client);
    if (!ready_for_tls.ok()) co_return ready_for_tls;
    SSL* ssl = stream_->tls();
    base::Status named = expect_host(ssl, common_.options.host);
    if (named.ok() && credentials_.certificate)
        named = use_identity(ssl, credentials_.certificate.get(), credentials_.key.get());
    if (!named.ok()) co_return named;
    keep_session_in(ssl, session_);
    for (;;) {
        const Io state = stream_->handshake();
        if (state == Io::done) co_return base::Status{};
        if (state != Io::want_read && state != Io::want_write) {
            session_.reset();
            co_return describe_failure(ssl).wrap("connecting to " + common_.authority);
        }
        Ready ready(*socket_, state == Io::want_read ? Socket::wait_read : Socket::wait_write);
        const bool can = co_await ready;
        if (!can || expired_) co_return why();
    }
}

// `complete` stays false when the server answered before everything was sent.
Task<base::Status> Peer::send(std::string_view bytes, ResponseReader& reader, bool& complete) {
    while (!bytes.empty()) {
        const IoResult result = stream_->write(bytes.data(), bytes.size());
        if (result.state == Io::done) {
            bytes.remove_prefix(result.bytes);
            continue;
        }
        if (result.state != Io::want_write && result.state != Io::want_read)
            co_return base::unavailable("the connection was cut while sending");
        Ready ready(*socket_, result.state == Io::want_write ? Socket::wait_write : Socket::wait_read);
        const bool can = co_await ready;
        if (!can || expired_) co_return why();
        char piece[1024];
        const IoResult early = stream_->read(piece, sizeof piece);
        if (early.state == Io::done) {
            const auto used = reader.feed({piece, early.bytes});
            co_return used.ok() ? base::Status{} : base::Status(used.error());
        }
        if (early.state == Io::end || early.state == Io::lost)
            co_return base::unavailable("the connection was cut while sending");
    }
    complete = true;
    co_return base::Status{};
}

Task<base::Status> Peer::receive(ResponseReader& reader) {
    static thread_local char piece[kReceive];
    while (!reader.done()) {
        const IoResult result = stream_->read(piece, sizeof piece);
        if (result.state == Io::done) {
            const auto used = reader.feed({piece, result.bytes});
            if (!used.ok()) co_return used.error();
            if (*used < result.bytes) co_return base::corrupt("bytes after the end of the answer");
        } else if (result.state == Io::end) {
            co_return reader.end();
        } else if (result.state == Io::lost) {
            co_return stream_->tls() != nullptr ? describe_failure(stream_->tls())
                                                : base::unavailable("the connection was cut");
        } else {
            Ready ready(*socket_, result.state == Io::want_read ? Socket::wait_read : Socket::wait_write);
            const bool can = co_await ready;
            if (!can || expired_) co_return why();
        }
    }
    co_return base::Status{};
}

Task<base::Status> Peer::attempt(const Job& job, ResponseReader& reader, Steady::time_point deadline) {
    if (!stream_) {
        base::Status connected = co_await connect(deadline);
        if (!connected.ok()) co_return connected;
    }
    io_->set_deadline(*this, deadline);
    bool complete = false;
    const bool joined = job.request.body.size() <= kReceive;
    const std::string first = joined ? job.head + job.request.body : job.head;
    base::Status sent = co_await send(first, reader, complete);
    if (!joined && sent.ok() && complete) {
        complete = false;
        sent = co_await send(job.request.body, reader, complete);
    }
    base::Status received = co_await receive(reader);
    if (!complete || !received.ok() || !reader.keep_alive()) drop();
    if (!received.ok() && !sent.ok() && !reader.begun() && received.error().kind != base::ErrorKind::denied)
        co_return sent;
    co_return received;
}

Task<base::Result<ports::ClientResponse>> Peer::exchange(const Job& job) {
    const auto deadline = Steady::now() + job.request.timeout;
    expired_ = common_.stopping;
    for (bool again = false;; again = true) {
        if (common_.stopping) co_return why();
        const bool kept = is_alive();
        ResponseReader reader(job.request.method == ports::Method::head, job.request.response_limit,
                              job.piece ? &job.piece : nullptr);
        base::Status outcome = co_await attempt(job, reader, deadline);
        if (outcome.ok()) co_return reader.take();
        drop();
        if (again || !kept || expired_ || reader.begun() || !is_repeatable(job.request.method))
            co_return std::move(outcome).error();
    }
}

} // namespace

struct MultiClient::Parts {
    Common common;
    std::vector<std::shared_ptr<IoThread>> threads;
    mutable std::mutex mutex;
    std::vector<std::unique_ptr<Peer>>
        peers; // guarded by mutex; the peers themselves belong to their threads

    Peer* find(Member member) const {
        const std::lock_guard lock(mutex);
        return member < peers.size() ? peers[member].get() : nullptr;
    }
};

MultiClient::MultiClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

base::Result<std::unique_ptr<MultiClient>> MultiClient::start(MultiClientOptions options) {
    auto parts = std::make_unique<Parts>();
    Common& common = parts->common;
    TRY_VALUE(common.address, resolve(options.host, options.port));
    if (!options.plain_for_tests) {
        TRY_VALUE(common.context, make_client_context(options.trust));
    }
    common.authority = authority_of(options.host, options.port);
    common.options = std::move(options);
    for (unsigned i = 0; i < std::max(1U, common.options.threads); ++i)
        parts->threads.push_back(IoThread::start());
    return std::unique_ptr<MultiClient>(new MultiClient(std::move(parts)));
}

MultiClient::~MultiClient() {
    Parts& parts = *parts_;
    parts.common.stopping = true;
    // Each thread ends its own members; a coroutine that was waiting goes on, sees that it is over, and
    // answers.
    for (;;) {
        std::size_t left = 0;
        for (const auto& io : parts.threads) {
            std::promise<std::size_t> told;
            io->post([&] {
                std::size_t busy = 0;
                const std::lock_guard lock(parts.mutex);
                for (const auto& peer : parts.peers) {
                    if (&peer->io() != io.get()) continue;
                    busy += peer->waiting;
                    peer->cut_off();
                }
                told.set_value(busy);
            });
            left += told.get_future().get();
        }
        if (left == 0 && parts.common.connections == 0) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (const auto& io : parts.threads)
        io->stop();
}

base::Result<MultiClient::Member> MultiClient::add(const ClientIdentity& identity) {
    TRY_VALUE(Credentials credentials, parse(identity));
    const std::lock_guard lock(parts_->mutex);
    const Member member = parts_->peers.size();
    const auto& io = parts_->threads[member % parts_->threads.size()];
    parts_->peers.push_back(std::make_unique<Peer>(parts_->common, io, std::move(credentials)));
    return member;
}

base::Status MultiClient::change_identity(Member member, const ClientIdentity& identity) {
    TRY_VALUE(Credentials credentials, parse(identity));
    Peer* peer = parts_->find(member);
    if (peer == nullptr) return base::not_found("no such member");
    peer->io().post([peer, fresh = std::make_shared<Credentials>(std::move(credentials))] {
        peer->replace(std::move(*fresh));
    });
    return {};
}

base::Status MultiClient::submit(Member member, ports::ClientRequest request, OnResponse done,
                                 OnPiece piece) {
    Peer* peer = parts_->find(member);
    if (peer == nullptr) return base::not_found("no such member");
    TRY_VALUE(std::string head, encode_request_head(request, parts_->common.authority));
    if (parts_->common.stopping) return base::unavailable("stopped");
    if (peer->waiting.fetch_add(1) >= parts_->common.options.queue_limit) {
        --peer->waiting;
        return base::unavailable("too many requests of this member wait");
    }
    peer->io().post([peer, job = Job{std::move(request), std::move(head), std::move(done),
                                     std::move(piece)}]() mutable { peer->enqueue(std::move(job)); });
    return {};
}

void MultiClient::disconnect(Member member) {
    if (Peer* peer = parts_->find(member)) peer->io().post([peer] { peer->disconnect(); });
}

std::size_t MultiClient::open_connections() const {
    return parts_->common.connections;
}

} // namespace oakum::http
