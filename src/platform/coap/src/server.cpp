// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace oakum::coap {
namespace {

constexpr auto kTick = std::chrono::milliseconds(500);

// libcoap has the socket and tells it to nobody.
int socket_at(std::uint16_t port) {
    constexpr int kMost = 4096;
    for (int number = 0; number < kMost; ++number) {
        coap_address_t bound;
        coap_address_init(&bound);
        socklen_t size = sizeof(bound.addr);
        int type = 0;
        socklen_t type_size = sizeof type;
        if (::getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_DGRAM &&
            ::getsockname(number, &bound.addr.sa, &size) == 0 && coap_address_get_port(&bound) == port)
            return number;
    }
    return -1;
}

} // namespace

base::Duration steady_now() {
    return std::chrono::duration_cast<base::Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

Server::State::~State() {
    if (context != nullptr) coap_free_context(context);
    if (wake >= 0) ::close(wake);
}

// libcoap's callbacks have no argument of ours: the context has.
struct Server::Callbacks {
    static Server::State& of(coap_session_t* session) {
        return *static_cast<Server::State*>(coap_get_app_data(coap_session_get_context(session)));
    }
    static void request(coap_resource_t*, coap_session_t* session, const coap_pdu_t* request,
                        const coap_string_t*, coap_pdu_t* response) {
        of(session).on_request(session, request, response);
    }
    static coap_response_t response(coap_session_t* session, const coap_pdu_t*, const coap_pdu_t* received,
                                    coap_mid_t) {
        return of(session).on_response(session, received);
    }
    static void failure(coap_session_t* session, const coap_pdu_t* sent, coap_nack_reason_t reason,
                        coap_mid_t message) {
        of(session).on_failure(session, sent, reason, message);
    }
    static int event(coap_session_t* session, coap_event_t event) {
        if (event == COAP_EVENT_SERVER_SESSION_DEL) of(session).forget(session);
        return 0;
    }
    static const coap_bin_const_t* key(coap_bin_const_t* identity, coap_session_t* session, void*) {
        return of(session).key_for({reinterpret_cast<const char*>(identity->s), identity->length}, session);
    }
};

// The next datagram, if it is a first ClientHello (RFC 6347, 4.1 and 4.2.2) from where a link stands.
void Server::State::notice_hello() {
    std::array<std::uint8_t, 14> begin{};
    coap_address_t from;
    coap_address_init(&from);
    socklen_t size = sizeof(from.addr);
    const auto got = ::recvfrom(secure_socket, begin.data(), begin.size(),
                                MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC, &from.addr.sa, &size);
    constexpr std::uint8_t kHandshake = 22, kClientHello = 1;
    if (got < static_cast<ssize_t>(begin.size()) || begin[0] != kHandshake || begin[3] != 0 ||
        begin[4] != 0 || begin[13] != kClientHello)
        return;
    const auto known = by_address.find(key_of(from));
    Link* link = known == by_address.end() ? nullptr : at(known->second);
    if (link != nullptr) doubt(*link);
}

base::Result<std::uint16_t> Server::State::listen(const Listen& where, coap_proto_t protocol) {
    auto address = address_in(where.address == "localhost" ? "127.0.0.1" : where.address, where.port);
    if (!address) return base::invalid("\"" + where.address + "\" is no address to listen on");
    if (where.port == 0) {
        // libcoap does not tell which port it was given: one is looked for first.
        const int probe = ::socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        coap_address_t bound = *address;
        socklen_t size = sizeof(bound.addr);
        const bool found = probe >= 0 && ::bind(probe, &address->addr.sa, address->size) == 0 &&
                           ::getsockname(probe, &bound.addr.sa, &size) == 0;
        if (probe >= 0) ::close(probe);
        if (!found) return base::unavailable("no free port at " + where.address);
        coap_address_set_port(&*address, coap_address_get_port(&bound));
    }
    if (coap_new_endpoint(context, &*address, protocol) == nullptr)
        return base::unavailable("CoAP cannot listen on " + where.address + ":" +
                                 std::to_string(coap_address_get_port(&*address)) + ": " +
                                 std::strerror(errno));
    return coap_address_get_port(&*address);
}

base::Status Server::State::open(const ServerOptions& options) {
    coap_startup();
    // What others send must not fill the log.
    coap_set_log_level(LOG_CRIT);
    coap_dtls_set_log_level(LOG_CRIT);
    wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    context = coap_new_context(nullptr);
    if (wake < 0 || context == nullptr || coap_context_get_coap_fd(context) < 0)
        return base::unavailable("libcoap does not start");
    coap_set_app_data(context, this);
    coap_context_set_block_mode(context, 0);
    coap_context_set_max_idle_sessions(context, options.most_idle);
    coap_context_set_max_handshake_sessions(context, options.most_handshakes);
    coap_context_set_session_timeout(context, options.idle_seconds);
    coap_register_response_handler(context, Callbacks::response);
    coap_register_nack_handler(context, Callbacks::failure);
    coap_register_event_handler(context, Callbacks::event);
    coap_resource_t* all = coap_resource_unknown_init(Callbacks::request);
    for (const coap_request_t method :
         {COAP_REQUEST_GET, COAP_REQUEST_POST, COAP_REQUEST_PUT, COAP_REQUEST_DELETE})
        coap_register_request_handler(all, method, Callbacks::request);
    coap_add_resource(context, all);
    if (options.secure) {
        if (coap_dtls_is_supported() == 0) return base::unavailable("this libcoap has no DTLS");
        static constexpr std::array<std::uint8_t, 5> hint = {'o', 'a', 'k', 'u', 'm'};
        coap_dtls_spsk_t setup{};
        setup.version = COAP_DTLS_SPSK_SETUP_VERSION;
        setup.validate_id_call_back = Callbacks::key;
        setup.psk_info.hint = {hint.size(), hint.data()};
        // Never used: every identity is asked for.
        std::array<std::uint8_t, 32> none{};
        if (coap_prng(none.data(), none.size()) == 0) return base::unavailable("no random bytes");
        setup.psk_info.key = {none.size(), none.data()};
        if (coap_context_set_psk2(context, &setup) == 0)
            return base::unavailable("libcoap does not take keys");
        TRY_VALUE(secure_port, listen(*options.secure, COAP_PROTO_DTLS));
        secure_socket = socket_at(secure_port);
    }
    if (options.plain) {
        TRY_VALUE(plain_port, listen(*options.plain, COAP_PROTO_UDP));
    }
    return {};
}

void Server::State::run_posted() {
    std::vector<std::function<void()>> work;
    {
        base::Lock lock(mutex);
        work.swap(posted);
        const base::Duration now = steady_now();
        while (!later.empty() && later.begin()->first <= now) {
            work.push_back(std::move(later.begin()->second));
            later.erase(later.begin());
        }
    }
    for (auto& each : work)
        each();
}

void Server::State::run() {
    base::Duration next_tick = steady_now() + kTick;
    while (!stopping) {
        run_posted();
        coap_tick_t ticks = 0;
        coap_ticks(&ticks);
        const unsigned due = coap_io_prepare_epoll(context, ticks);
        auto wait = next_tick - steady_now();
        if (due > 0) wait = std::min<base::Duration>(wait, std::chrono::milliseconds(due));
        {
            base::Lock lock(mutex);
            if (!posted.empty()) wait = {};
            if (!later.empty()) wait = std::min(wait, later.begin()->first - steady_now());
        }
        std::array<pollfd, 2> watched = {pollfd{coap_context_get_coap_fd(context), POLLIN, 0},
                                         pollfd{wake, POLLIN, 0}};
        ::poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
        std::uint64_t woken = 0;
        if ((watched[1].revents & POLLIN) != 0 && ::read(wake, &woken, sizeof woken) < 0) woken = 0;
        if (secure_socket >= 0) notice_hello();
        coap_io_process(context, COAP_IO_NO_WAIT);
        if (steady_now() >= next_tick) {
            next_tick = steady_now() + kTick;
            give_up_late();
            handler->on_tick();
        }
    }
}

Server::Server(base::LogSink& log) : state_(std::make_unique<State>(log)) {}
Server::~Server() {
    stop();
}

base::Status Server::start(const ServerOptions& options, ports::CoapHandler& handler) {
    state_->handler = &handler;
    state_->plain_networks = options.plain_networks;
    TRY(state_->open(options));
    state_->thread = std::thread([this] { state_->run(); });
    return {};
}

void Server::stop() {
    state_->stopping = true;
    const std::uint64_t one = 1;
    if (state_->wake >= 0 && ::write(state_->wake, &one, sizeof one) < 0) return;
    if (state_->thread.joinable()) state_->thread.join();
    // Sessions end here: the handler hears of each.
    if (state_->context != nullptr) coap_free_context(state_->context);
    state_->context = nullptr;
}

std::uint16_t Server::secure_port() const {
    return state_->secure_port;
}
std::uint16_t Server::plain_port() const {
    return state_->plain_port;
}

void Server::ask(std::uint64_t link, std::string token, ports::CoapMessage request,
                 std::function<void(Answer)> done) {
    state_->ask(link, std::move(token), request, std::move(done));
}

void Server::post(std::function<void()> work) {
    if (state_->stopping) return;
    {
        base::Lock lock(state_->mutex);
        state_->posted.push_back(std::move(work));
    }
    const std::uint64_t one = 1;
    // A full counter wakes as well.
    if (::write(state_->wake, &one, sizeof one) < 0) return;
}

void Server::post_after(base::Duration delay, std::function<void()> work) {
    if (state_->stopping) return;
    base::Lock lock(state_->mutex);
    state_->later.emplace(steady_now() + delay, std::move(work));
}

} // namespace oakum::coap
