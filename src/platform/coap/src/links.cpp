// SPDX-License-Identifier: Apache-2.0
// What happens on one link.
#include "state.hpp"

#include <openssl/ssl.h>

namespace oakum::coap {
namespace {

constexpr std::size_t kMostOpen = 8; // a link; the handler asks one thing at a time
// That long a link that is doubted has to say a word.
constexpr auto kDoubt = std::chrono::seconds(5);
// After libcoap's own retransmissions (93 s), an answer that was promised by an empty acknowledgement.
constexpr auto kLatest = std::chrono::seconds(120);

std::string token_of(const coap_pdu_t* pdu) {
    const coap_bin_const_t token = coap_pdu_get_token(pdu);
    return {reinterpret_cast<const char*>(token.s), token.length};
}

// A link is of the one key that its handshake proved: no second handshake on it, and none that is cut short.
void forbid_reuse(coap_session_t* session) {
    coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
    auto* ssl = static_cast<SSL*>(coap_session_get_tls(session, &library));
    if (ssl == nullptr || library != COAP_TLS_LIBRARY_OPENSSL) return;
    SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(ssl), SSL_SESS_CACHE_OFF);
}

} // namespace

Link& Server::State::link_of(coap_session_t* session) {
    if (auto* held = static_cast<Link*>(coap_session_get_app_data(session))) return *held;
    auto link = std::make_unique<Link>();
    link->number = ++last_link;
    link->session = session;
    link->secure = coap_session_get_proto(session) == COAP_PROTO_DTLS;
    coap_session_set_app_data(session, link.get());
    return *links.emplace(link->number, std::move(link)).first->second;
}

Link* Server::State::at(std::uint64_t number) {
    const auto held = links.find(number);
    return held == links.end() ? nullptr : held->second.get();
}

void Server::State::settle(Link& link, std::map<std::string, Link::Open>::iterator open, Answer answer) {
    // Behind what libcoap is at: it acknowledges first.
    auto work = [done = std::move(open->second.done), answer = std::move(answer)]() mutable {
        done(std::move(answer));
    };
    link.open.erase(open);
    base::Lock lock(mutex);
    posted.emplace_back(std::move(work));
}

void Server::State::forget(coap_session_t* session) {
    auto* link = static_cast<Link*>(coap_session_get_app_data(session));
    if (link == nullptr) return;
    while (!link->open.empty())
        settle(*link, link->open.begin(), {{}, Failure::gone});
    coap_session_set_app_data(session, nullptr);
    const std::uint64_t number = link->number;
    const auto known = by_address.find(key_of(*coap_session_get_addr_remote(session)));
    if (known != by_address.end() && known->second == number) by_address.erase(known);
    links.erase(number);
    handler->on_gone(number);
}

// A device that lost its power begins anew, often from the same port, where libcoap knows a session that
// stands and hears no handshake. Whether the old one is dead is asked of it: somebody else may have sent the
// hello.
void Server::State::doubt(Link& link) {
    if (link.doubted != base::Duration{} ||
        coap_session_get_state(link.session) != COAP_SESSION_STATE_ESTABLISHED)
        return;
    link.doubted = steady_now();
    coap_pdu_t* ping = coap_pdu_init(COAP_MESSAGE_CON, COAP_EMPTY_CODE, coap_new_message_id(link.session), 0);
    if (ping != nullptr) coap_send(link.session, ping);
}

void Server::State::give_up_late() {
    const base::Duration now = steady_now();
    std::vector<coap_session_t*> dead;
    for (auto& [number, link] : links)
        if (link->doubted != base::Duration{} && now - link->doubted >= kDoubt) dead.push_back(link->session);
    // They go with libcoap's next look.
    for (coap_session_t* session : dead)
        coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
    for (auto& [number, link] : links)
        for (auto open = link->open.begin(); open != link->open.end();) {
            const auto each = open++;
            if (now >= each->second.until) settle(*link, each, {{}, Failure::silent});
        }
}

ports::CoapPeer Server::State::peer_of(Link& link) const {
    ports::CoapPeer peer;
    peer.link = link.number;
    peer.identity = link.identity;
    peer.mark = link.mark;
    peer.address = address_of(*coap_session_get_addr_remote(link.session));
    const coap_address_t& local = *coap_session_get_addr_local(link.session);
    const std::string host = address_of(local);
    peer.local = std::string(link.secure ? "coaps://" : "coap://") +
                 (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
                 std::to_string(link.secure ? secure_port : plain_port);
    return peer;
}

void Server::State::on_request(coap_session_t* session, const coap_pdu_t* request, coap_pdu_t* response) {
    Link& link = link_of(session);
    link.doubted = {};
    const ports::CoapPeer peer = peer_of(link);
    if (link.secure ? link.mark.empty() : !plain_networks.contains(peer.address)) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_UNAUTHORIZED);
        return;
    }
    // Answered at once it goes with the acknowledgement, else by a message of its own.
    struct Reply {
        coap_pdu_t* pdu;
    };
    const auto reply = std::make_shared<Reply>(Reply{response});
    handler->on_request(
        peer, read_message(request),
        [this, reply, number = link.number, token = token_of(request)](const ports::CoapMessage& message) {
            if (reply->pdu == nullptr) return answer_later(number, token, message);
            if (!write_message(reply->pdu, message))
                coap_pdu_set_code(reply->pdu, COAP_RESPONSE_CODE_INTERNAL_ERROR);
        });
    reply->pdu = nullptr;
}

void Server::State::answer_later(std::uint64_t number, const std::string& token,
                                 const ports::CoapMessage& message) {
    Link* link = at(number);
    if (link == nullptr) return;
    coap_pdu_t* pdu =
        coap_new_pdu(COAP_MESSAGE_CON, static_cast<coap_pdu_code_t>(message.code), link->session);
    if (pdu == nullptr) return;
    if (coap_add_token(pdu, token.size(), reinterpret_cast<const std::uint8_t*>(token.data())) == 1 &&
        write_message(pdu, message))
        coap_send(link->session, pdu);
    else
        coap_delete_pdu(pdu);
}

coap_response_t Server::State::on_response(coap_session_t* session, const coap_pdu_t* received) {
    Link& link = link_of(session);
    if (link.secure && link.mark.empty()) return COAP_RESPONSE_FAIL;
    if (!link.secure && !plain_networks.contains(address_of(*coap_session_get_addr_remote(session))))
        return COAP_RESPONSE_FAIL;
    link.doubted = {};
    const std::string token = token_of(received);
    const auto open = link.open.find(token);
    if (open != link.open.end()) {
        settle(link, open, {read_message(received), {}});
        return COAP_RESPONSE_OK;
    }
    // One that came twice.
    if (coap_pdu_get_type(received) == COAP_MESSAGE_ACK) return COAP_RESPONSE_OK;
    return handler->on_notification(peer_of(link), token, read_message(received)) ? COAP_RESPONSE_OK
                                                                                  : COAP_RESPONSE_FAIL;
}

void Server::State::on_failure(coap_session_t* session, const coap_pdu_t* sent, coap_nack_reason_t reason,
                               coap_mid_t message) {
    auto* link = static_cast<Link*>(coap_session_get_app_data(session));
    if (link == nullptr) return;
    if (reason == COAP_NACK_RST) link->doubted = {};
    auto open = sent != nullptr ? link->open.find(token_of(sent)) : link->open.end();
    if (open == link->open.end())
        open = std::find_if(link->open.begin(), link->open.end(),
                            [&](const auto& each) { return each.second.message == message; });
    if (open == link->open.end()) return;
    settle(*link, open, {{}, reason == COAP_NACK_RST ? Failure::reset : Failure::silent});
}

const coap_bin_const_t* Server::State::key_for(std::string_view identity, coap_session_t* session) {
    Link& link = link_of(session);
    constexpr std::size_t kLongest = 128;
    if (!link.mark.empty() || identity.empty() || identity.size() > kLongest) return nullptr;
    auto held = handler->key_of(identity);
    if (!held) return nullptr;
    forbid_reuse(session);
    link.identity = identity;
    link.mark = held->mark;
    by_address.insert_or_assign(key_of(*coap_session_get_addr_remote(session)), link.number);
    key = std::move(held->key);
    key_view = {key.size(), key.data()};
    return &key_view;
}

void Server::State::ask(std::uint64_t number, std::string token, const ports::CoapMessage& request,
                        std::function<void(Answer)> done) {
    Link* link = at(number);
    coap_pdu_t* pdu =
        link == nullptr || link->open.size() >= kMostOpen
            ? nullptr
            : coap_new_pdu(COAP_MESSAGE_CON, static_cast<coap_pdu_code_t>(request.code), link->session);
    if (pdu == nullptr) return done({{}, Failure::gone});
    if (coap_add_token(pdu, token.size(), reinterpret_cast<const std::uint8_t*>(token.data())) != 1 ||
        !write_message(pdu, request)) {
        coap_delete_pdu(pdu);
        return done({{}, Failure::gone});
    }
    // Known before it goes: what cannot be delivered is told while it is sent.
    const auto open =
        link->open
            .insert_or_assign(std::move(token),
                              Link::Open{COAP_INVALID_MID, steady_now() + kLatest, std::move(done)})
            .first;
    const std::string held = open->first;
    const coap_mid_t message = coap_send(link->session, pdu);
    link = at(number);
    if (link == nullptr) return;
    const auto still = link->open.find(held);
    if (still == link->open.end()) return;
    if (message == COAP_INVALID_MID) return settle(*link, still, {{}, Failure::gone});
    still->second.message = message;
}

} // namespace oakum::coap
