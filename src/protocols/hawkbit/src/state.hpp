// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media.hpp"
#include "route.hpp"
#include "stage.hpp"

#include <ddi/messages.hpp>
#include <hawkbit/protocol.hpp>

#include <variant>

namespace oakum::hawkbit {

using ports::HttpRequest;
using ports::HttpResponse;
using Respond = std::function<void(HttpResponse)>;

// Somebody whose token lets him in, and who is not in yet.
struct Newcomer {
    std::string token;
};

struct Admission {
    Route route;
    Media media = Media::json;
    std::variant<fleet::DeviceActor, Newcomer> who;
};

struct HawkbitProtocol::State {
    Services services;
    Settings settings;
    exchange::RateLimit devices, files, addresses;

    State(Services given, Settings chosen);

    // identify.cpp. `counted`: the rate was taken at the head already.
    std::variant<Admission, HttpResponse> admit(const HttpRequest& request, bool counted);
    std::variant<fleet::DeviceActor, Newcomer, HttpResponse> identify(const HttpRequest& request,
                                                                      const Route& route);
    void enter(const HttpRequest& request, const Route& route, const std::string& token,
               std::function<void(base::Result<fleet::DeviceActor>)> done);
    std::optional<HttpResponse> limited(const HttpRequest& request, const Route& route,
                                        const fleet::DeviceActor* device);
    HttpResponse refused(int status, const base::Error& error, const Route& route) const;
    HttpResponse failed(const base::Error& error, const Route& route) const;

    // Who asked, what, and where the answer goes.
    struct Exchange {
        Route route;
        Media media = Media::json;
        HttpRequest request;
        fleet::DeviceActor device;
        Respond respond;
    };

    void dispatch(Exchange exchange);
    // The body as it is read; nothing: it was refused. reports.cpp
    template <class Value>
    std::optional<Value> said_in(const Exchange& exchange,
                                 base::Result<Value> (*decode)(std::string_view)) const;
    // answers.cpp
    void poll(Exchange exchange);
    HttpResponse base_of(const Exchange& exchange, const fleet::PollAnswer& answer);
    void deployment(Exchange exchange);
    HttpResponse cancel(const Exchange& exchange);
    HttpResponse list_files(const Exchange& exchange);
    HttpResponse file(const Exchange& exchange);
    HttpResponse auto_confirm(const Exchange& exchange);
    // reports.cpp
    void deployment_feedback(Exchange exchange);
    void cancel_feedback(Exchange exchange);
    void confirmation_feedback(Exchange exchange);
    void attributes(Exchange exchange);
    void change_asking(Exchange exchange);
    void report(const Exchange& exchange, const exchange::Wanted& wanted, install::ReportSeen seen);

    // The action that the address names, with its attempt; nothing when it is none of the newest deployment.
    struct Action {
        exchange::Wanted wanted;
        std::uint32_t attempt = 1;
    };
    std::optional<Action> action(const Exchange& exchange) const;
    Asks asks(const fleet::DeviceActor& device) const;
    bool wants_attributes(const fleet::DeviceActor& device, const exchange::Wanted& wanted,
                          std::uint32_t poll_seconds) const;
    // The address of the device on this server, as it reached us.
    std::string home(const Exchange& exchange) const;
    ddi::Artifact artifact_of(const Exchange& exchange, const exchange::Wanted& wanted) const;
    HttpResponse no_such(const Exchange& exchange, std::string_view what) const;
};

// The file's name in an address and a header.
std::string file_name(const exchange::Wanted& wanted);

} // namespace oakum::hawkbit
