// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blocking_pool.hpp"
#include "counters.hpp"
#include "mailbox.hpp"
#include "stream.hpp"
#include "task.hpp"
#include "tls.hpp"

#include <http/message.hpp>
#include <http/server.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace oakum::http {

class Connection;

// What the connections of one server share.
struct Shared {
    Shared(ServerOptions chosen, ports::HttpHandler& answers, base::LogSink& sink, BlockingPool& pool)
        : options(std::move(chosen)), handler(answers), log(sink), files(pool) {}
    const ServerOptions options;
    ports::HttpHandler& handler;
    base::LogSink& log;
    BlockingPool& files;
    Accounts addresses;
    Accounts certificates;
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> requests{0};
    std::atomic<std::size_t> buffered{0};
    std::atomic<bool> draining{false};

    std::mutex mutex;
    std::condition_variable emptied; // told when the last connection has gone

    void connection_ended();
};

// An io thread with its connections. The set is touched on that thread only.
struct Worker {
    // Shared with mailboxes, which may be written to after the server has gone.
    std::shared_ptr<IoThread> io;
    std::unordered_set<Connection*> connections;
    Counters counters;
};

// One connection from its handshake to its end: a coroutine on its worker's thread. It owns itself.
class Connection final : public Timed {
  public:
    // Takes the socket. `context` may be null: no TLS.
    Connection(Shared& shared, Worker& worker, int socket, ports::Peer peer, SslContextPtr context);
    ~Connection() override;

    Detached run();
    // Ends it when it is idle or an event stream; a request in progress is its last.
    void drain();
    // Ends it at its next step, whatever it does.
    void cut_off();
    void expire() override;

  private:
    enum class Body { piece, end, malformed, stopped };
    struct Piece {
        Body state = Body::stopped;
        std::string_view bytes;
    };
    enum class First { wait, read };

    Task<void> serve();
    Task<bool> shake_hands();
    Task<bool> serve_request();
    Task<bool> receive_head(RequestHead& head);
    Task<bool> refuse(Refusal refusal);
    ports::HttpResponse refused(int status, std::string reason) const;
    ports::HttpResponse too_long(std::size_t limit) const;
    // Fills `response`, or leaves the connection to be ended (false).
    Task<bool> answer(RequestHead& head, ports::HttpResponse& response);
    Task<bool> buffer_body(ports::HttpRequest& request, std::size_t limit, Held& memory,
                           ports::HttpResponse& response);
    Task<bool> sink_body(std::unique_ptr<ports::BodySink> sink, ports::HttpResponse& response);
    Task<bool> await_response(ports::HttpResponse& response);
    Task<bool> discard_body(std::uint64_t limit);
    Task<Piece> next_piece();
    Task<bool> send_response(ports::HttpResponse& response, const RequestHead& head, bool keep);
    Task<bool> send_file(std::string head, const ports::FileRange& range);
    Task<bool> send_events(std::string head, ports::EventStream& events, bool chunked);
    Task<bool> send(std::string_view bytes);
    Task<bool> receive(First first);
    Task<void> linger();

    bool begin_body(const RequestHead& head);
    void set_deadline(base::Duration from_now);
    void set_deadline_for_rate(base::Duration idle, Steady::time_point begun, std::uint64_t bytes);
    bool stopped() const { return expired_ || cut_off_; }
    bool watch_for_hang_up(const std::shared_ptr<bool>& watching);
    std::string encode_head(const ports::HttpResponse& response, const RequestHead& head, bool keep,
                            std::string_view framing);
    void count_bytes();
    std::function<void(ports::HttpResponse)> responder(std::uint64_t number, std::shared_ptr<void> kept);

    Shared& shared_;
    Worker& worker_;
    Socket socket_;
    Stream stream_;
    SslContextPtr context_; // until the handshake begins
    ports::Peer peer_;
    // Shared with every respond and wake that may still come.
    std::shared_ptr<Mailbox> mailbox_;
    // Shared with the other connections of the same certificate.
    std::shared_ptr<Account> certificate_;

    std::string in_; // bytes received; those before at_ are used
    std::size_t at_ = 0;
    Framing framing_ = Framing::none;
    std::uint64_t body_left_ = 0;
    ChunkDecoder chunks_;
    Steady::time_point body_begun_;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t served_ = 0;
    std::uint64_t counted_in_ = 0;
    std::uint64_t counted_out_ = 0;
    bool idle_ = false;
    bool expired_ = false;
    bool cut_off_ = false;
    bool linger_ = false;
};

} // namespace oakum::http
