// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <device/attributes.hpp>
#include <exchange/attributes.hpp>
#include <exchange/files.hpp>
#include <exchange/origin.hpp>
#include <fleet/registry.hpp>

#include <algorithm>
#include <memory>

namespace oakum::mender {
namespace {

using install::Outcome;
using mender_api::Status;
using Said = install::State; // State is the protocol's own

// Whether the device is to install it: not one that it closed, that was taken back, or whose pause is not
// over.
bool is_to_install(const ports::DeploymentRow& deployment, base::TimePoint now) {
    switch (deployment.state) {
    case Said::offered:
        return now >= install::earliest_offer(exchange::value_of(deployment));
    case Said::downloading:
    case Said::downloaded:
    case Said::awaiting_window:
    case Said::awaiting_user:
    case Said::installing:
    case Said::rebooting:
        return true;
    case Said::silent:
        return !install::fell_silent_in(exchange::value_of(deployment), Said::installed);
    default:
        return false;
    }
}

bool has_begun(Said state) {
    return state != Said::offered && state != Said::awaiting_user && state != Said::silent;
}

bool is_taken_back(Said state) {
    return state == Said::cancelling || state == Said::withdrawn || state == Said::superseded ||
           state == Said::expired;
}

Said state_of(Status status) {
    switch (status) {
    case Status::downloading:
        return Said::downloading;
    case Status::pause_before_installing:
        return Said::awaiting_window;
    case Status::installing:
    case Status::pause_before_rebooting:
        return Said::installing;
    case Status::rebooting:
    case Status::pause_before_committing:
        return Said::rebooting;
    case Status::success:
    case Status::already_installed:
        return Said::installed;
    case Status::failure:
        return Said::failed;
    }
    return Said::failed;
}

} // namespace

std::string deployment_name(const ports::DeploymentId& deployment, std::uint32_t attempt) {
    base::Id128 id = deployment.get();
    id.low ^= attempt - 1;
    std::string name = base::to_hex(base::to_bytes(id));
    for (const std::size_t at : {8U, 13U, 18U, 23U})
        name.insert(at, 1, '-');
    return name;
}

std::optional<std::uint32_t> attempt_named(std::string_view name, const ports::DeploymentId& deployment,
                                           std::uint32_t newest) {
    constexpr std::uint32_t kLooked = 64; // no budget allows more attempts
    for (std::uint32_t back = 0; back < std::min(newest, kLooked); ++back)
        if (name == deployment_name(deployment, newest - back)) return newest - back;
    return std::nullopt;
}

std::optional<MenderProtocol::State::Named> MenderProtocol::State::named(const Exchange& exchange) const {
    auto wanted = services.updates.current(exchange.device, false);
    if (!wanted) return std::nullopt;
    const auto attempt =
        attempt_named(exchange.route.name, wanted->deployment.id, wanted->deployment.attempt);
    if (!attempt) return std::nullopt;
    return Named{std::move(*wanted), *attempt};
}

bool MenderProtocol::State::is_held(const fleet::DeviceActor& device,
                                    const std::map<std::string, std::string>& provides) const {
    if (!provided.is_same(device.device, provides)) return false;
    bool held = false;
    services.core.fleet.glance(device.key(), [&](const fleet::Glance& glance) {
        held = std::ranges::all_of(provides, [&](const auto& each) {
            const auto fact =
                glance.fact(device::attribute_key(std::string(exchange::kProvides) + each.first));
            return fact.value_or("") == each.second;
        });
    });
    return held;
}

void MenderProtocol::State::next(Exchange exchange) {
    mender_api::Next said;
    if (exchange.request.method == ports::Method::get) {
        for (const auto& [name, value] : exchange.request.query)
            said.provides.insert_or_assign(name, value);
    } else {
        auto read = exchange.route.act == Act::next_v2 ? mender_api::decode_next_v2(exchange.request.body)
                                                       : mender_api::decode_next_v1(exchange.request.body);
        if (!read.ok()) return exchange.respond(refused(400, read.error()));
        said = std::move(*read);
    }
    const auto runs = said.provides.find("artifact_name");
    Asked asked{runs == said.provides.end() ? std::string() : runs->second,
                said.takes_control_map ? fleet::Keeps::yes : fleet::Keeps::no};
    if (!fleet::check_fact(device::key::firmware_version, asked.version).ok())
        return exchange.respond(
            refused(400, base::invalid("the artifact's name is no text that can be kept")));
    // What it runs and what it is are facts of ours.
    said.provides.erase("artifact_name");
    said.provides.erase("device_type");
    const fleet::DeviceActor device = exchange.device;
    if (exchange.route.act != Act::next_v2 || is_held(device, said.provides))
        return poll(std::move(exchange), std::move(asked), &State::offer_of);
    const std::vector<device::Fact> held = services.core.fleet.facts(device.key());
    auto news = exchange::newly_provided(held, said.provides);
    bound_names(news.facts, held, {device.device.get().high, device.device.get().low});
    if (!news.is_news()) {
        provided.keep(device.device, said.provides);
        return poll(std::move(exchange), std::move(asked), &State::offer_of);
    }
    fleet::InventoryReport told;
    told.tells_components = false;
    told.facts = std::move(news.facts);
    told.forget = std::move(news.forget);
    services.inventories.take(
        device, std::move(told), "",
        [this, asked = std::move(asked), provides = std::move(said.provides), exchange](base::Status taken) {
            if (!taken.ok()) return exchange.respond(failed(taken.error()));
            provided.keep(exchange.device.device, provides);
            poll(exchange, asked, &State::offer_of);
        });
}

void MenderProtocol::State::poll(Exchange exchange, Asked asked,
                                 HttpResponse (State::*answered)(const Exchange&, const Asked&,
                                                                 const fleet::PollAnswer&)) {
    // What the report looks into lives until the answer.
    const auto held = std::make_shared<const Asked>(std::move(asked));
    fleet::PollReport report;
    report.running_version = held->version;
    report.keeps_windows = held->keeps;
    if (const auto at_once = services.polling.poll_at_once(exchange.device, report)) {
        if (!at_once->ok()) return exchange.respond(failed(at_once->error()));
        return exchange.respond((this->*answered)(exchange, *held, **at_once));
    }
    const fleet::DeviceActor device = exchange.device;
    services.polling.poll(
        device, report,
        [this, held, answered, exchange = std::move(exchange)](base::Result<fleet::PollAnswer> answer) {
            exchange.respond(answer.ok() ? (this->*answered)(exchange, *held, *answer)
                                         : failed(answer.error()));
        });
}

HttpResponse MenderProtocol::State::offer_of(const Exchange& exchange, const Asked& asked,
                                             const fleet::PollAnswer& polled) {
    const base::TimePoint now = services.core.clock.now();
    // Most have nothing to install, which takes no copy of a release to find out.
    bool installs = false;
    services.core.fleet.glance(exchange.device.key(), [&](const fleet::Glance& glance) {
        const ports::DeploymentRow* row = glance.deployment();
        installs = row != nullptr && is_to_install(*row, now);
    });
    if (!installs) return answer(204);
    const auto wanted = services.updates.current(exchange.device, false);
    if (!wanted || !is_to_install(wanted->deployment, now)) return answer(204);
    const bool open = exchange::is_open(polled), waits = asked.keeps == fleet::Keeps::yes;
    if (!open && !waits && !has_begun(wanted->deployment.state)) return answer(204);
    const std::string origin =
        settings.public_url.empty() ? exchange::origin_of(exchange.request) : settings.public_url;
    mender_api::Deployment deployment;
    deployment.id = deployment_name(wanted->deployment.id, wanted->deployment.attempt);
    deployment.artifact_name = wanted->release.version;
    deployment.device_types = wanted->release.models;
    deployment.uri = origin + "/api/devices/v1/deployments/download/" +
                     passes.download({exchange.device, wanted->deployment.id}, now);
    deployment.expires = base::to_iso8601(now + Passes::kDownload);
    if (waits && polled.offer && polled.offer->install_windows)
        deployment.gate = open ? mender_api::Gate::pass : mender_api::Gate::wait;
    return answer(200, mender_api::encode(deployment));
}

void MenderProtocol::State::control_map(Exchange exchange) {
    poll(std::move(exchange), {.version = {}, .keeps = fleet::Keeps::yes}, &State::gate_of);
}

HttpResponse MenderProtocol::State::gate_of(const Exchange& exchange, const Asked&,
                                            const fleet::PollAnswer& polled) {
    using mender_api::Gate;
    const auto found = named(exchange);
    if (!found) return answer(404, mender_api::encode_error("there is no such deployment of this device"));
    const bool goes_on =
        found->attempt == found->wanted.deployment.attempt && !is_taken_back(found->wanted.deployment.state);
    const Gate gate = !goes_on ? Gate::fail : exchange::is_open(polled) ? Gate::pass : Gate::wait;
    return answer(200, mender_api::encode_gate(exchange.route.name, gate));
}

void MenderProtocol::State::status(Exchange exchange) {
    const auto said = mender_api::decode_status(exchange.request.body);
    if (!said.ok()) return exchange.respond(refused(400, said.error()));
    const auto found = named(exchange);
    const bool last_word = mender_api::ends(said->status);
    const auto stop = [] { return answer(409, mender_api::encode_error("this deployment was taken back")); };
    // It ended here long ago: its last word is taken and changes nothing.
    if (!found) return exchange.respond(last_word ? answer(204) : stop());
    const Said state = state_of(said->status), now_is = found->wanted.deployment.state;
    const bool back = is_taken_back(now_is);
    if (!last_word && back && found->wanted.deployment.sequence > 0) return exchange.respond(stop());
    if (!last_word && state == now_is && found->attempt == found->wanted.deployment.attempt)
        return exchange.respond(answer(204));
    install::ReportSeen seen;
    seen.attempt = found->attempt;
    seen.state = state;
    seen.detail = said->substate;
    if (said->status == Status::failure) seen.reason = install::Reason::agent_error;
    // That is how the client says that it stopped, as it was told to.
    if (said->status == Status::failure && now_is == Said::cancelling) {
        seen.state = Said::withdrawn;
        seen.reason = install::Reason::cancelled;
    }
    if (said->status == Status::already_installed) {
        seen.running_version = found->wanted.release.version;
        seen.healthy = true;
    }
    services.updates.report(exchange.device, found->wanted.deployment.id, std::move(seen),
                            [this, exchange, last_word, stop](base::Result<Outcome> outcome) {
                                if (!outcome.ok()) return exchange.respond(failed(outcome.error()));
                                exchange.respond(*outcome == Outcome::stop && !last_word ? stop()
                                                                                         : answer(204));
                            });
}

void MenderProtocol::State::log(Exchange exchange) {
    const auto lines = mender_api::decode_log(exchange.request.body);
    if (!lines.ok()) return exchange.respond(refused(400, lines.error()));
    const auto found = named(exchange);
    if (!found || lines->empty()) return exchange.respond(answer(204));
    const device::DeviceId device = exchange.device.device;
    const ports::DeploymentId deployment = found->wanted.deployment.id;
    const std::uint32_t attempt = found->attempt;
    if (!logs.take(device, deployment, attempt)) return exchange.respond(answer(204));
    services.updates.note_log(exchange.device, deployment, *lines,
                              [this, exchange, device, deployment, attempt](base::Status noted) {
                                  if (noted.ok()) return exchange.respond(answer(204));
                                  logs.give_back(device, deployment, attempt);
                                  exchange.respond(failed(noted.error()));
                              });
}

HttpResponse MenderProtocol::State::download(const Exchange& exchange) {
    const auto pass = passes.read_download(exchange.route.name, services.core.clock.now());
    if (!pass) return answer(403, mender_api::encode_error("this address is not good, or no longer"));
    if (auto valid = services.enrolment.check(pass->device); !valid.ok()) return refused(403, valid.error());
    const auto wanted = services.updates.current(pass->device, false);
    if (!wanted || wanted->deployment.id != pass->deployment ||
        install::is_terminal(wanted->deployment.state) || wanted->deployment.state == Said::cancelling)
        return answer(404, mender_api::encode_error("this deployment has ended"));
    auto path = services.updates.file(*wanted);
    if (!path.ok()) return refused(404, path.error());
    return exchange::answer_file(exchange.request, {.path = std::move(*path),
                                                    .length = wanted->length,
                                                    .tag = "\"" + wanted->release.artifact.hex() + "\"",
                                                    .name = {}});
}

} // namespace oakum::mender
