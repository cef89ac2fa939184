// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attempt_logs.hpp"
#include "names.hpp"
#include "passes.hpp"
#include "provided_marks.hpp"

#include <mender/protocol.hpp>
#include <mender_api/messages.hpp>

#include <variant>

namespace oakum::mender {

using ports::HttpRequest;
using ports::HttpResponse;
using Respond = std::function<void(HttpResponse)>;

enum class Act : std::uint8_t {
    authenticate,
    inventory,
    next_v1,
    next_v2,
    status,
    log,
    control_map,
    download,
    unknown
};
struct Route {
    Act act = Act::unknown;
    std::size_t limit = 0;
    std::string allow; // the methods that the address knows; empty: no such address
    std::string name;  // of the deployment; what follows of a download
};
Route read_route(ports::Method method, std::string_view path);

// A deployment and its attempt as clients name it: a UUID, since they take control maps of no other name. Of
// the first attempt it is the deployment's id.
std::string deployment_name(const ports::DeploymentId& deployment, std::uint32_t attempt);
// The attempt that the name means, of this deployment and at most `newest`.
std::optional<std::uint32_t> attempt_named(std::string_view name, const ports::DeploymentId& deployment,
                                           std::uint32_t newest);

struct MenderProtocol::State {
    Services services;
    Settings settings;
    Passes passes;
    exchange::RateLimit devices, addresses;
    Names names;
    ProvidedMarks provided;
    AttemptLogs logs;

    State(Services given, Settings chosen);

    struct Admission {
        Route route;
        fleet::DeviceActor device; // of all but authentication
    };
    std::variant<Admission, HttpResponse> admit(const HttpRequest& request, bool counted);
    HttpResponse refused(int status, const base::Error& error) const;
    HttpResponse failed(const base::Error& error) const;

    struct Exchange {
        Route route;
        HttpRequest request;
        fleet::DeviceActor device;
        Respond respond;
    };
    // authentication.cpp
    void authenticate(Exchange exchange);
    void answer_known(const Exchange& exchange, const fleet::DeviceActor& device);
    // protocol.cpp
    void inventory(Exchange exchange);
    // Takes names out that are too many new ones.
    void bound_names(std::map<std::string, std::string>& facts, const std::vector<device::Fact>& held,
                     Names::Bringer bringer);
    // deployments.cpp
    // What its files provide is what it said last, and stands so in its facts.
    bool is_held(const fleet::DeviceActor& device, const std::map<std::string, std::string>& provides) const;
    void next(Exchange exchange);
    struct Asked {
        std::string version;
        fleet::Keeps keeps = fleet::Keeps::no;
    };
    void poll(Exchange exchange, Asked asked,
              HttpResponse (State::*answered)(const Exchange&, const Asked&, const fleet::PollAnswer&));
    HttpResponse offer_of(const Exchange& exchange, const Asked& asked, const fleet::PollAnswer& answer);
    void control_map(Exchange exchange);
    HttpResponse gate_of(const Exchange& exchange, const Asked& asked, const fleet::PollAnswer& answer);
    void status(Exchange exchange);
    void log(Exchange exchange);
    HttpResponse download(const Exchange& exchange);
    // The deployment that the address names, with its attempt; nothing when it is not the newest.
    struct Named {
        exchange::Wanted wanted;
        std::uint32_t attempt = 1;
    };
    std::optional<Named> named(const Exchange& exchange) const;
};

HttpResponse answer(int status, std::string json = {});

} // namespace oakum::mender
