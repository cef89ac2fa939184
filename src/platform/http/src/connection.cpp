// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include "file_reader.hpp"
#include "refusal.hpp"

#include <http/target.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

namespace oakum::http {
namespace {

constexpr std::size_t kReceive = 16 * 1024; // a TLS record
constexpr std::size_t kSinkPiece = 128 * 1024;
constexpr std::size_t kFilePiece = 128 * 1024;
constexpr std::size_t kJoined = 64 * 1024; // a body up to here is sent together with its head
constexpr std::uint64_t kDiscarded = 64 * 1024;

bool has_body(const RequestHead& head) {
    return head.framing == Framing::chunked || (head.framing == Framing::length && head.length > 0);
}

bool is_valid(const ports::HttpResponse& response) {
    if (response.status < 200 || response.status > 599) return false;
    for (const auto& [name, value] : response.headers) {
        if (!is_header_name(name) || !is_header_value(value)) return false;
    }
    return true;
}

bool same_ignoring_case(std::string_view a, std::string_view lower) {
    if (a.size() != lower.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
        if (c != lower[i]) return false;
    }
    return true;
}

// Ours to say, whatever a handler says.
bool is_framing_header(std::string_view name) {
    return same_ignoring_case(name, "content-length") || same_ignoring_case(name, "transfer-encoding") ||
           same_ignoring_case(name, "connection") || same_ignoring_case(name, "date");
}

bool has_header(const ports::HttpResponse& response, std::string_view lower) {
    for (const auto& [name, value] : response.headers) {
        if (same_ignoring_case(name, lower)) return true;
    }
    return false;
}

void append_chunk(std::string& out, std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    char size[16];
    std::size_t digits = 0;
    for (std::size_t left = bytes.size(); left > 0; left /= 16)
        size[digits++] = kDigits[left % 16];
    while (digits > 0)
        out += size[--digits];
    out.append("\r\n").append(bytes).append("\r\n");
}

} // namespace

void Shared::connection_ended() {
    const std::lock_guard lock(mutex);
    if (connections.fetch_sub(1) == 1) emptied.notify_all();
}

Connection::Connection(Shared& shared, Worker& worker, int socket, ports::Peer peer, SslContextPtr context)
    : shared_(shared), worker_(worker), socket_(worker.io->context()), stream_(socket),
      context_(std::move(context)), peer_(std::move(peer)), mailbox_(std::make_shared<Mailbox>(worker.io)) {
    worker_.connections.insert(this);
    boost::system::error_code failure;
    // The family matters to Asio only where it makes addresses, which is not done here.
    socket_.assign(asio::ip::tcp::v4(), socket, failure);
    cut_off_ = static_cast<bool>(failure);
    if (failure) ::close(socket);
}

Connection::~Connection() {
    count_bytes();
    worker_.connections.erase(this);
    shared_.addresses.close(peer_.address);
    if (certificate_) shared_.certificates.close(peer_.certificate->hex());
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Detached Connection::run() {
    co_await serve();
    Shared& shared = shared_;
    delete this;
    shared.connection_ended();
}

void Connection::drain() {
    if (idle_)
        cut_off();
    else
        mailbox_->nudge();
}

void Connection::cut_off() {
    cut_off_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    mailbox_->nudge();
}

void Connection::expire() {
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    mailbox_->nudge();
}

void Connection::set_deadline(base::Duration from_now) {
    expired_ = false;
    worker_.io->set_deadline(*this, Steady::now() + from_now);
}

// Idle for so long, or slower on average than allowed once that time has passed: both end here.
void Connection::set_deadline_for_rate(base::Duration idle, Steady::time_point begun, std::uint64_t bytes) {
    const std::uint64_t rate = std::max<std::uint64_t>(1, shared_.options.timeouts.least_bytes_a_second);
    const auto earned = std::chrono::seconds(std::min<std::uint64_t>(bytes / rate, 1'000'000));
    expired_ = false;
    worker_.io->set_deadline(*this, std::min(Steady::now() + idle, begun + idle + earned));
}

void Connection::count_bytes() {
    Counters::add(worker_.counters.bytes_in, stream_.bytes_in() - counted_in_);
    Counters::add(worker_.counters.bytes_out, stream_.bytes_out() - counted_out_);
    counted_in_ = stream_.bytes_in();
    counted_out_ = stream_.bytes_out();
}

Task<void> Connection::serve() {
    const bool greeted = co_await shake_hands();
    if (greeted) {
        bool more = true;
        while (more)
            more = co_await serve_request();
        stream_.end();
    }
    if (linger_ && !cut_off_) co_await linger();
}

Task<bool> Connection::shake_hands() {
    if (!context_) co_return !cut_off_;
    set_deadline(shared_.options.timeouts.handshake);
    if (const auto begun = stream_.use_tls(context_.get(), Side::server); !begun.ok()) {
        shared_.log.write(base::LogLevel::warning, "http", begun.error().text());
        co_return false;
    }
    Io state = Io::want_read;
    while (!stopped()) {
        state = stream_.handshake();
        if (state != Io::want_read && state != Io::want_write) break;
        Ready ready(socket_, state == Io::want_read ? Socket::wait_read : Socket::wait_write);
        co_await ready;
    }
    if (state != Io::done) {
        if (expired_) Counters::add(worker_.counters.timeouts);
        Counters::add(worker_.counters.handshakes_failed);
        const std::string reason = expired_ ? "timed out" : take_openssl_reason();
        shared_.log.write(base::LogLevel::debug, "http",
                          "TLS handshake with " + peer_.address + ": " + reason);
        linger_ = !stopped(); // so that the alert is read before the reset
        co_return false;
    }
    Counters::add(SSL_session_reused(stream_.tls()) == 1 ? worker_.counters.handshakes_resumed
                                                         : worker_.counters.handshakes_full);
    if (const auto known = read_peer(stream_.tls(), peer_); !known.ok()) {
        shared_.log.write(base::LogLevel::warning, "http",
                          "refused " + peer_.address + ": " + known.error().text());
        linger_ = true;
        co_return false;
    }
    if (peer_.certificate) {
        certificate_ = shared_.certificates.open(peer_.certificate->hex(),
                                                 shared_.options.limits.connections_per_certificate);
        if (!certificate_) {
            Counters::add(worker_.counters.shed);
            linger_ = true;
            ports::HttpResponse response = refused(429, "this device has too many connections open");
            response.headers.emplace_back("retry-after", "30");
            const RequestHead head;
            co_await send_response(response, head, false);
            stream_.end();
            co_return false;
        }
    }
    co_return true;
}

Task<bool> Connection::serve_request() {
    RequestHead head;
    const bool received = co_await receive_head(head);
    if (!received) co_return false;
    Counters::add(worker_.counters.requests);
    ++served_;

    ports::HttpResponse response;
    const bool answered = co_await answer(head, response);
    if (!answered) co_return false;

    const std::size_t limit = shared_.options.limits.requests_per_connection;
    const bool unread = framing_ != Framing::none;
    const bool short_rest = framing_ == Framing::length && body_left_ <= kDiscarded && !head.expects_continue;
    const bool keep =
        head.keep_alive && !shared_.draining && (limit == 0 || served_ < limit) && (!unread || short_rest);
    const bool sent = co_await send_response(response, head, keep);
    count_bytes();
    if (!sent) co_return false;
    if (!keep) {
        linger_ = unread;
        co_return false;
    }
    if (unread) {
        const bool discarded = co_await discard_body(kDiscarded);
        if (!discarded) co_return false;
    }
    in_.erase(0, at_);
    at_ = 0;
    if (in_.empty()) std::string().swap(in_); // an idle connection holds no memory for its next request
    co_return true;
}

Task<bool> Connection::receive_head(RequestHead& head) {
    const ServerTimeouts& timeouts = shared_.options.timeouts;
    HeadScanner scanner(shared_.options.limits.head);
    bool begun = !in_.empty();
    set_deadline(begun || served_ == 0 ? timeouts.head : timeouts.idle);
    std::size_t end = 0;
    while (end == 0) {
        if (begun) {
            auto found = scanner.find_end(in_);
            if (auto* refusal = std::get_if<Refusal>(&found)) {
                Refusal copy = *refusal;
                co_return co_await refuse(std::move(copy));
            }
            end = std::get<std::size_t>(found);
            if (end > 0) break;
        }
        idle_ = !begun;
        if (idle_ && shared_.draining) co_return false;
        const bool got = co_await receive(First::wait);
        idle_ = false;
        if (!got) {
            if (!expired_ || cut_off_) co_return false;
            Counters::add(worker_.counters.timeouts);
            if (!begun) co_return false;
            Refusal refusal{408, "the head of the request did not arrive in time"};
            co_return co_await refuse(std::move(refusal));
        }
        if (!begun) {
            begun = true;
            set_deadline(timeouts.head);
        }
    }
    auto parsed = parse_request_head(std::string_view(in_).substr(0, end), shared_.options.limits.head);
    if (auto* refusal = std::get_if<Refusal>(&parsed)) {
        Refusal copy = *refusal;
        co_return co_await refuse(std::move(copy));
    }
    head = std::get<RequestHead>(std::move(parsed));
    at_ = end;
    co_return true;
}

ports::HttpResponse Connection::refused(int status, std::string reason) const {
    return refusal(shared_.log, peer_.address, status, std::move(reason));
}

ports::HttpResponse Connection::too_long(std::size_t limit) const {
    return refused(413,
                   "the body is longer than the " + std::to_string(limit) + " bytes that are taken here");
}

// Answers what cannot be read further, and says that the connection ends.
Task<bool> Connection::refuse(Refusal refusal) {
    Counters::add(worker_.counters.malformed);
    linger_ = true;
    RequestHead head;
    ports::HttpResponse response = refused(refusal.status, refusal.reason);
    co_await send_response(response, head, false);
    co_return false;
}

bool Connection::begin_body(const RequestHead& head) {
    framing_ = has_body(head) ? head.framing : Framing::none;
    body_left_ = head.length;
    body_bytes_ = 0;
    body_begun_ = Steady::now();
    chunks_ = ChunkDecoder();
    return framing_ != Framing::none;
}

std::function<void(ports::HttpResponse)> Connection::responder(std::uint64_t number,
                                                               std::shared_ptr<void> kept) {
    // Shared because std::function is copied; the last copy notices when nobody answered.
    auto answer = std::make_shared<Answer>(mailbox_, number);
    answer->kept = std::move(kept);
    return [answer = std::move(answer)](ports::HttpResponse response) { answer->give(std::move(response)); };
}

Task<bool> Connection::answer(RequestHead& head, ports::HttpResponse& response) {
    const bool with_body = begin_body(head);
    auto target = parse_target(head.target);
    if (!target.ok()) {
        Counters::add(worker_.counters.malformed);
        response = refused(400, target.error().message);
        co_return true;
    }
    ports::HttpRequest request;
    request.method = head.method;
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    request.headers = std::move(head.headers);
    request.peer = peer_;

    const ServerLimits& limits = shared_.options.limits;
    const Held in_flight = Held::up_to(shared_.requests, 1, limits.requests);
    const Held of_certificate =
        certificate_ ? Held::up_to(certificate_->requests, 1, limits.requests_per_certificate) : Held();
    if (!in_flight.held() || (certificate_ && !of_certificate.held())) {
        Counters::add(worker_.counters.shed);
        response = in_flight.held() ? refused(429, "this device has too many requests in progress")
                                    : refused(503, "the server is busy");
        // Spread over time, so that those who were sent away do not come back together.
        const auto spread = static_cast<std::uint64_t>(Steady::now().time_since_epoch().count()) / 1000 % 10;
        response.headers.emplace_back("retry-after", std::to_string(2 + spread));
        co_return true;
    }

    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse> decision;
    try {
        decision = shared_.handler.on_head(request);
    } catch (const std::exception& failure) {
        decision = refused(500, std::string("a handler threw: ") + failure.what());
    }
    if (auto* refused = std::get_if<ports::HttpResponse>(&decision)) {
        response = std::move(*refused);
        co_return true;
    }
    const auto* buffer = std::get_if<ports::BufferBody>(&decision);
    if (buffer != nullptr && head.framing == Framing::length && head.length > buffer->limit) {
        response = too_long(buffer->limit);
        co_return true;
    }
    if (with_body && head.expects_continue && at_ == in_.size()) {
        const bool sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent) co_return false;
    }
    head.expects_continue = false; // the body comes: what is left of it may be discarded
    if (buffer == nullptr) {
        co_return co_await sink_body(std::get<std::unique_ptr<ports::BodySink>>(std::move(decision)),
                                     response);
    }
    Held memory;
    if (with_body) {
        const bool complete = co_await buffer_body(request, buffer->limit, memory, response);
        if (!complete) co_return response.status != 0;
    }
    const std::uint64_t number = mailbox_->begin();
    try {
        shared_.handler.handle(std::move(request), responder(number, nullptr));
    } catch (const std::exception& failure) {
        mailbox_->deliver(number, refused(500, std::string("a handler threw: ") + failure.what()));
    }
    co_return co_await await_response(response);
}

// False with a response: the body is refused. False without one (status 0): the peer has gone.
Task<bool> Connection::buffer_body(ports::HttpRequest& request, std::size_t limit, Held& memory,
                                   ports::HttpResponse& response) {
    std::size_t reserved = 0;
    for (;;) {
        const Piece piece = co_await next_piece();
        if (piece.state == Body::end) co_return true;
        if (piece.state == Body::malformed) {
            Counters::add(worker_.counters.malformed);
            response = refused(400, "a malformed chunk");
            co_return false;
        }
        if (piece.state == Body::stopped) {
            response.status = 0;
            if (!expired_ || cut_off_) co_return false;
            Counters::add(worker_.counters.timeouts);
            response = refused(408, "the body did not arrive in time");
            co_return false;
        }
        if (piece.bytes.size() > limit - request.body.size()) {
            response = too_long(limit);
            co_return false;
        }
        if (request.body.size() + piece.bytes.size() > reserved) {
            reserved = std::min(limit, std::max(kReceive, 2 * (request.body.size() + piece.bytes.size())));
            memory = Held(); // counted anew, with its growth
            memory = Held::up_to(shared_.buffered, reserved, shared_.options.limits.buffered_bytes);
            if (!memory.held()) {
                Counters::add(worker_.counters.shed);
                response = refused(503, "the server is busy");
                response.headers.emplace_back("retry-after", "5");
                co_return false;
            }
        }
        request.body.append(piece.bytes);
    }
}

Task<bool> Connection::sink_body(std::unique_ptr<ports::BodySink> owned, ports::HttpResponse& response) {
    // Shared with the respond function: the sink lives until it has answered, though the peer may have gone.
    const std::shared_ptr<ports::BodySink> sink(std::move(owned));
    std::string gathered;
    base::Status written;
    bool whole = false;
    bool malformed = false;
    while (!whole && !malformed && written.ok()) {
        const Piece piece = co_await next_piece();
        if (piece.state == Body::stopped) break;
        whole = piece.state == Body::end;
        malformed = piece.state == Body::malformed;
        gathered.append(piece.bytes);
        const bool enough = gathered.size() >= kSinkPiece || whole;
        if (malformed || !enough || gathered.empty()) continue;
        worker_.io->clear_deadline(*this); // the disk may take its time
        Offload job(shared_.files, worker_.io, [&] { written = sink->write(base::as_bytes(gathered)); });
        co_await job;
        gathered.clear();
    }
    if (whole && written.ok()) {
        const std::uint64_t number = mailbox_->begin();
        Offload job(shared_.files, worker_.io, [&] { sink->finish(responder(number, sink)); });
        co_await job;
        co_return co_await await_response(response);
    }
    const bool late = expired_ && !cut_off_;
    Offload job(shared_.files, worker_.io, [&] { sink->abort(); });
    co_await job;
    if (!written.ok()) {
        const base::ErrorKind kind = written.error().kind;
        response = refused(kind == base::ErrorKind::too_large     ? 413
                           : kind == base::ErrorKind::unavailable ? 507
                           : kind == base::ErrorKind::conflict    ? 409
                           : kind == base::ErrorKind::invalid     ? 422
                                                                  : 500,
                           written.error().message);
        co_return true;
    }
    if (malformed || late) {
        Counters::add(malformed ? worker_.counters.malformed : worker_.counters.timeouts);
        response =
            malformed ? refused(400, "a malformed chunk") : refused(408, "the body did not arrive in time");
        co_return true;
    }
    co_return false;
}

Task<bool> Connection::await_response(ports::HttpResponse& response) {
    set_deadline(shared_.options.timeouts.handler);
    for (;;) {
        if (auto letter = mailbox_->take()) {
            response = *std::move(letter);
            if (response.status == 0) response = refused(500, "a handler did not answer");
            co_return true;
        }
        if (cut_off_) co_return false;
        if (expired_) {
            Counters::add(worker_.counters.timeouts);
            mailbox_->begin(); // what comes later is not for the next request
            response = refused(503, "the server took too long");
            co_return true;
        }
        auto waiting = mailbox_->wait();
        co_await waiting;
    }
}

Task<bool> Connection::discard_body(std::uint64_t limit) {
    std::uint64_t discarded = 0;
    for (;;) {
        const Piece piece = co_await next_piece();
        if (piece.state == Body::end) co_return true;
        discarded += piece.bytes.size();
        if (piece.state != Body::piece || discarded > limit) co_return false;
    }
}

// A view into what was received; it holds until the next call.
Task<Connection::Piece> Connection::next_piece() {
    for (;;) {
        std::string_view rest = std::string_view(in_).substr(at_);
        Piece piece;
        if (framing_ == Framing::length) {
            piece.bytes =
                rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, rest.size())));
            at_ += piece.bytes.size();
            body_left_ -= piece.bytes.size();
            if (piece.bytes.empty() && body_left_ == 0) framing_ = Framing::none;
        } else if (framing_ == Framing::chunked) {
            const auto decoded = chunks_.next(rest);
            at_ = in_.size() - rest.size();
            if (!decoded.ok()) {
                piece.state = Body::malformed;
                co_return piece;
            }
            piece.bytes = *decoded;
            if (chunks_.done()) framing_ = Framing::none;
        }
        if (!piece.bytes.empty()) {
            body_bytes_ += piece.bytes.size();
            piece.state = Body::piece;
            co_return piece;
        }
        if (framing_ == Framing::none) {
            piece.state = Body::end;
            co_return piece;
        }
        in_.clear();
        at_ = 0;
        set_deadline_for_rate(shared_.options.timeouts.body_idle, body_begun_, body_bytes_);
        const bool got = co_await receive(First::read);
        if (!got) co_return piece;
    }
}

std::string Connection::encode_head(const ports::HttpResponse& response, const RequestHead& head, bool keep,
                                    std::string_view framing) {
    std::string out;
    out.reserve(256);
    out.append("HTTP/1.1 ")
        .append(std::to_string(response.status))
        .append(" ")
        .append(reason_of(response.status));
    out.append("\r\nDate: ").append(worker_.io->date()).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!is_framing_header(name)) out.append(name).append(": ").append(value).append("\r\n");
    }
    out.append(framing);
    if (!keep)
        out.append("Connection: close\r\n");
    else if (head.minor_version == 0)
        out.append("Connection: keep-alive\r\n");
    return out.append("\r\n");
}

Task<bool> Connection::send_response(ports::HttpResponse& response, const RequestHead& head, bool keep) {
    if (!is_valid(response)) {
        response = refused(500, "a handler made a response that cannot be sent");
    }
    Counters::add(worker_.counters.responses[response.status / 100]);
    const bool bodiless = response.status == 204 || response.status == 304;
    const bool head_only = head.method == ports::Method::head || bodiless;
    const auto length_of = [&](std::uint64_t length) {
        return bodiless ? std::string() : "Content-Length: " + std::to_string(length) + "\r\n";
    };
    if (auto* text = std::get_if<std::string>(&response.body)) {
        std::string bytes = encode_head(response, head, keep, length_of(text->size()));
        if (head_only) co_return co_await send(bytes);
        if (text->size() <= kJoined) co_return co_await send(bytes.append(*text));
        const bool begun = co_await send(bytes);
        if (!begun) co_return false;
        co_return co_await send(*text);
    }
    if (auto* range = std::get_if<ports::FileRange>(&response.body)) {
        std::string bytes = encode_head(response, head, keep, length_of(range->length));
        if (head_only) co_return co_await send(bytes);
        co_return co_await send_file(std::move(bytes), *range);
    }
    // Held here too: the stream lives until its last event is sent.
    const std::shared_ptr<ports::EventStream> events =
        std::get<std::shared_ptr<ports::EventStream>>(response.body);
    const bool chunked = head.minor_version == 1;
    if (!has_header(response, "content-type"))
        response.headers.emplace_back("content-type", "text/event-stream");
    if (!has_header(response, "cache-control")) response.headers.emplace_back("cache-control", "no-store");
    std::string bytes = encode_head(response, head, false, chunked ? "Transfer-Encoding: chunked\r\n" : "");
    if (head_only || !events)
        co_await send(bytes);
    else
        co_await send_events(std::move(bytes), *events, chunked);
    co_return false;
}

Task<bool> Connection::send_file(std::string head, const ports::FileRange& range) {
    FileReader file;
    base::Status opened;
    worker_.io->clear_deadline(*this);
    {
        Offload job(shared_.files, worker_.io,
                    [&] { opened = file.open(range.path, range.offset, range.length); });
        co_await job;
    }
    if (!opened.ok()) {
        ports::HttpResponse failed = refused(500, opened.error().text());
        const std::string& body = std::get<std::string>(failed.body);
        const RequestHead none;
        co_await send(
            encode_head(failed, none, false, "Content-Length: " + std::to_string(body.size()) + "\r\n")
                .append(body));
        co_return false;
    }
    std::string piece(kFilePiece, '\0');
    const bool begun = co_await send(head);
    if (!begun) co_return false;
    while (file.left() > 0) {
        std::size_t got = 0;
        if (const auto now = file.read_now(piece.data(), piece.size())) {
            got = *now;
        } else {
            worker_.io->clear_deadline(*this);
            Offload job(shared_.files, worker_.io, [&] { got = file.read(piece.data(), piece.size()); });
            co_await job;
        }
        // A file that became shorter: the peer sees a body that was cut, not one that is complete and wrong.
        if (got == 0) co_return false;
        const bool sent = co_await send(std::string_view(piece).substr(0, got));
        if (!sent) co_return false;
    }
    co_return true;
}

// Looks for the peer's end while nothing is read otherwise. False when it has gone.
bool Connection::watch_for_hang_up(const std::shared_ptr<bool>& watching) {
    if (*watching) return true;
    char byte = 0;
    const IoResult result = stream_.read(&byte, 1);
    if (result.state != Io::want_read) return false;
    *watching = true;
    // The wait may outlast the connection: it knows the mailbox only.
    socket_.async_wait(Socket::wait_read, [box = mailbox_, watching](const boost::system::error_code&) {
        *watching = false;
        box->nudge();
    });
    return true;
}

Task<bool> Connection::send_events(std::string head, ports::EventStream& events, bool chunked) {
    const std::uint64_t number = mailbox_->begin();
    events.on_wake([box = mailbox_, number] { box->signal(number); });
    const bool begun = co_await send(head);
    // Shared with a wait that may outlast this coroutine.
    const auto watching = std::make_shared<bool>(false);
    if (!begun || !watch_for_hang_up(watching)) co_return false;
    std::string bytes;
    for (;;) {
        std::optional<std::string> text;
        if (!shared_.draining && events.waits_for_disk()) {
            worker_.io->clear_deadline(*this);
            Offload job(shared_.files, worker_.io, [&] { text = events.next(); });
            co_await job;
        } else if (!shared_.draining) {
            text = events.next();
        }
        bytes.clear();
        if (!text) {
            if (chunked) bytes = "0\r\n\r\n";
            co_return co_await send(bytes);
        }
        if (!text->empty()) {
            if (chunked)
                append_chunk(bytes, *text);
            else
                bytes = *text;
            const bool sent = co_await send(bytes);
            if (!sent) co_return false;
            continue;
        }
        set_deadline(shared_.options.timeouts.heartbeat);
        auto waiting = mailbox_->wait();
        co_await waiting;
        if (cut_off_) co_return false;
        if (expired_) {
            expired_ = false;
            if (chunked)
                append_chunk(bytes, ": still here\n\n");
            else
                bytes = ": still here\n\n";
            const bool sent = co_await send(bytes);
            if (!sent) co_return false;
        }
        if (!watch_for_hang_up(watching)) co_return false;
    }
}

Task<bool> Connection::send(std::string_view bytes) {
    const Steady::time_point begun = Steady::now();
    std::uint64_t sent = 0;
    while (!bytes.empty()) {
        if (cut_off_) co_return false;
        const IoResult result = stream_.write(bytes.data(), bytes.size());
        if (result.state == Io::done) {
            bytes.remove_prefix(result.bytes);
            sent += result.bytes;
            continue;
        }
        if (result.state != Io::want_write && result.state != Io::want_read) co_return false;
        set_deadline_for_rate(shared_.options.timeouts.write_idle, begun, sent);
        Ready ready(socket_, result.state == Io::want_write ? Socket::wait_write : Socket::wait_read);
        const bool can = co_await ready;
        if (!can || stopped()) {
            if (expired_) Counters::add(worker_.counters.timeouts);
            co_return false;
        }
    }
    co_return true;
}

Task<bool> Connection::receive(First first) {
    static thread_local char scratch[kReceive];
    bool wait = first == First::wait && !stream_.buffered();
    for (;;) {
        if (stopped()) co_return false;
        Socket::wait_type what = Socket::wait_read;
        if (!wait) {
            const IoResult result = stream_.read(scratch, sizeof scratch);
            if (result.state == Io::done) {
                in_.append(scratch, result.bytes);
                co_return true;
            }
            if (result.state != Io::want_read && result.state != Io::want_write) co_return false;
            if (result.state == Io::want_write) what = Socket::wait_write;
        }
        wait = false;
        Ready ready(socket_, what);
        const bool can = co_await ready;
        if (!can) co_return false;
    }
}

// A socket closed with unread bytes resets the connection, and the peer never reads why. So: no more to send,
// and what still comes is dropped for a moment.
Task<void> Connection::linger() {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    set_deadline(shared_.options.timeouts.linger);
    char scratch[4096];
    std::size_t dropped = 0;
    while (!stopped() && dropped < (1U << 20)) {
        const long got = stream_.receive(scratch, sizeof scratch);
        if (got > 0) {
            dropped += static_cast<std::size_t>(got);
            continue;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return;
        Ready ready(socket_, Socket::wait_read);
        const bool can = co_await ready;
        if (!can) co_return;
    }
}

} // namespace oakum::http
