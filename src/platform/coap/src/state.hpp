// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "message.hpp"

#include <base/thread_annotations.hpp>
#include <coap/server.hpp>

#include <atomic>
#include <map>
#include <thread>
#include <unordered_map>
#include <vector>

namespace oakum::coap {

using Answer = ports::CoapLinks::Answer;
using Failure = ports::CoapLinks::Failure;

// One conversation. libcoap's session points here, and it goes with the session.
struct Link {
    std::uint64_t number = 0;
    coap_session_t* session = nullptr;
    bool secure = false;
    std::string identity, mark; // of the handshake
    base::Duration doubted{};   // since when it is asked whether it is still there; 0: it is not
    struct Open {
        coap_mid_t message = COAP_INVALID_MID;
        base::Duration until{};
        std::function<void(Answer)> done;
    };
    std::map<std::string, Open> open; // by token
};

struct Server::State {
    base::LogSink& log;
    ports::CoapHandler* handler = nullptr;
    Networks plain_networks;
    coap_context_t* context = nullptr;
    std::uint16_t secure_port = 0, plain_port = 0;
    int wake = -1;
    std::thread thread;
    std::atomic<bool> stopping{false};

    // Of the thread.
    int secure_socket = -1; // libcoap's; looked into, never read
    std::uint64_t last_link = 0;
    std::unordered_map<std::string, std::uint64_t> by_address; // of those that proved a key
    std::unordered_map<std::uint64_t, std::unique_ptr<Link>> links;
    base::Bytes key; // that was asked for last, for as long as libcoap copies it
    coap_bin_const_t key_view{};

    base::Mutex mutex;
    std::vector<std::function<void()>> posted GUARDED_BY(mutex);
    std::multimap<base::Duration, std::function<void()>> later GUARDED_BY(mutex);

    explicit State(base::LogSink& sink) : log(sink) {}
    ~State();

    // server.cpp
    base::Status open(const ServerOptions& options);
    base::Result<std::uint16_t> listen(const Listen& where, coap_proto_t protocol);
    void run();
    void run_posted();
    void notice_hello();
    // links.cpp
    Link& link_of(coap_session_t* session);
    Link* at(std::uint64_t number);
    void forget(coap_session_t* session);
    void give_up_late();
    void doubt(Link& link);
    void settle(Link& link, std::map<std::string, Link::Open>::iterator open, Answer answer);
    ports::CoapPeer peer_of(Link& link) const;
    void on_request(coap_session_t* session, const coap_pdu_t* request, coap_pdu_t* response);
    void answer_later(std::uint64_t number, const std::string& token, const ports::CoapMessage& message);
    coap_response_t on_response(coap_session_t* session, const coap_pdu_t* received);
    void on_failure(coap_session_t* session, const coap_pdu_t* sent, coap_nack_reason_t reason,
                    coap_mid_t message);
    const coap_bin_const_t* key_for(std::string_view identity, coap_session_t* session);
    void ask(std::uint64_t link, std::string token, const ports::CoapMessage& request,
             std::function<void(Answer)> done);
};

base::Duration steady_now();

} // namespace oakum::coap
