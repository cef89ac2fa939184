// SPDX-License-Identifier: Apache-2.0
// What a device is told: where it stands, what to install, and the file itself.
#include "state.hpp"

#include <base/percent.hpp>
#include <exchange/action_id.hpp>
#include <exchange/attributes.hpp>
#include <exchange/files.hpp>
#include <exchange/origin.hpp>

#include <algorithm>

namespace oakum::hawkbit {
namespace {

constexpr std::string_view kSum = ".MD5SUM";

std::string action_text(const ports::DeploymentRow& row) {
    return std::to_string(exchange::action_id(row.id, row.attempt));
}

// Changes with what is to be installed and how; clients take it as it is.
std::string stamp(const exchange::Wanted& wanted) {
    return "?c=" + std::to_string(exchange::release_number(wanted.release.id));
}

std::string_view status_word(install::State state) {
    switch (state) {
    case install::State::offered:
        return "RETRIEVED";
    case install::State::downloading:
        return "DOWNLOAD";
    case install::State::downloaded:
        return "DOWNLOADED";
    case install::State::verified:
    case install::State::installed:
    case install::State::soaking:
        return "FINISHED";
    case install::State::failed:
    case install::State::rolled_back:
        return "ERROR";
    case install::State::cancelling:
        return "CANCELING";
    case install::State::withdrawn:
        return "CANCELED";
    case install::State::awaiting_user:
        return "WAIT_FOR_CONFIRMATION";
    default:
        return "RUNNING";
    }
}

// It does not wait by itself: while no window is open, what it has not begun has no link.
bool is_shut(const ports::DeploymentRow& row, const fleet::PollAnswer& answer) {
    const bool begun = row.state != install::State::offered && row.state != install::State::awaiting_user &&
                       row.state != install::State::silent;
    return !begun && !exchange::is_open(answer);
}

} // namespace

std::string file_name(const exchange::Wanted& wanted) {
    std::string name = wanted.file;
    for (char& c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '_' || c == '+';
        if (!plain) c = '_';
    }
    return name.empty() || name.front() == '.' ? "artifact" + name : name;
}

std::string HawkbitProtocol::State::home(const Exchange& exchange) const {
    const std::string origin =
        settings.public_url.empty() ? exchange::origin_of(exchange.request) : settings.public_url;
    return origin + "/" + base::percent_encoded(exchange.route.tenant) + "/controller/v1/" +
           base::percent_encoded(exchange.route.controller);
}

HttpResponse HawkbitProtocol::State::no_such(const Exchange& exchange, std::string_view what) const {
    return refused(404, base::not_found("there is no such " + std::string(what) + " of this device"),
                   exchange.route);
}

Asks HawkbitProtocol::State::asks(const fleet::DeviceActor& device) const {
    const auto fact = services.core.fleet.fact(device.key(), exchange::kAsksBeforeInstalling);
    return fact && fact->value == "yes" ? Asks::yes : Asks::no;
}

// Of one that installed, more and more seldom, until it says the new version: its restart may come late, and
// no client says that it happened. Not while an action is open: SWUpdate that is asked for attributes looks
// at nothing else.
bool HawkbitProtocol::State::wants_attributes(const fleet::DeviceActor& device,
                                              const exchange::Wanted& wanted,
                                              std::uint32_t poll_seconds) const {
    // While it soaks it is asked too: one that fell back says so only when it is asked.
    const bool soaks = wanted.deployment.state == install::State::soaking;
    if (!soaks && !waits_for_version(wanted.deployment)) return false;
    const auto row = services.core.fleet.device(device.key());
    if (!row) return false;
    const base::TimePoint now = services.core.clock.now();
    const base::Duration since_installed = now - wanted.deployment.state_at;
    const base::Duration pause =
        std::max<base::Duration>(std::chrono::seconds(3LL * poll_seconds), since_installed / 4);
    return now - row->last_inventory >= pause;
}

void HawkbitProtocol::State::poll(Exchange exchange) {
    const fleet::PollReport nothing_new;
    if (auto at_once = services.polling.poll_at_once(exchange.device, nothing_new)) {
        if (!at_once->ok()) return exchange.respond(failed(at_once->error(), exchange.route));
        return exchange.respond(base_of(exchange, **at_once));
    }
    const fleet::DeviceActor device = exchange.device;
    services.polling.poll(device, nothing_new,
                          [this, exchange = std::move(exchange)](base::Result<fleet::PollAnswer> answer) {
                              if (!answer.ok())
                                  return exchange.respond(failed(answer.error(), exchange.route));
                              exchange.respond(base_of(exchange, *answer));
                          });
}

HttpResponse HawkbitProtocol::State::base_of(const Exchange& exchange, const fleet::PollAnswer& answer) {
    const std::string home = this->home(exchange);
    ddi::Base base;
    base.sleep_seconds = answer.poll_seconds;
    bool attributes = answer.send_inventory;
    if (const auto wanted = services.updates.current(exchange.device, true)) {
        const ports::DeploymentRow& row = wanted->deployment;
        const bool counted = !wanted->sha1.empty();
        const bool shown = counted && !is_shut(row, answer);
        switch (stage_of(row, asks(exchange.device), services.core.clock.now())) {
        case Stage::nothing:
            attributes = attributes || wants_attributes(exchange.device, *wanted, answer.poll_seconds);
            break;
        case Stage::deployment:
            if (shown) base.deployment = home + "/deploymentBase/" + action_text(row) + stamp(*wanted);
            break;
        case Stage::confirmation:
            if (shown) base.confirmation = home + "/confirmationBase/" + action_text(row) + stamp(*wanted);
            break;
        case Stage::cancel:
            base.cancel = home + "/cancelAction/" + action_text(row);
            break;
        case Stage::installed:
            if (counted) base.installed = home + "/installedBase/" + action_text(row);
            break;
        }
    }
    if (attributes) base.attributes = home + "/configData";
    // The pause differs each time, and is not what changed.
    ddi::Base same = base;
    same.sleep_seconds = 1;
    const std::string tag = "\"" + base::sha256(ddi::encode(same)).hex().substr(0, 24) + "\"";
    HttpResponse response = hawkbit::answer(exchange.media, ddi::encode(base));
    response.headers.emplace_back("ETag", tag);
    if (exchange.request.header("if-none-match") == tag) {
        response.status = 304;
        response.body = std::string();
    }
    return response;
}

std::optional<HawkbitProtocol::State::Action> HawkbitProtocol::State::action(const Exchange& exchange) const {
    auto wanted = services.updates.current(exchange.device, false);
    if (!wanted) return std::nullopt;
    const auto attempt =
        exchange::attempt_of(exchange.route.number, wanted->deployment.id, wanted->deployment.attempt);
    if (!attempt) return std::nullopt;
    return Action{std::move(*wanted), *attempt};
}

ddi::Artifact HawkbitProtocol::State::artifact_of(const Exchange& exchange,
                                                  const exchange::Wanted& wanted) const {
    ddi::Artifact artifact;
    artifact.filename = file_name(wanted);
    artifact.size = wanted.length;
    artifact.sha1 = wanted.sha1;
    artifact.md5 = wanted.md5;
    artifact.sha256 = wanted.release.artifact.hex();
    artifact.href = home(exchange) + "/softwaremodules/" +
                    std::to_string(exchange::release_number(wanted.release.id)) + "/artifacts/" +
                    artifact.filename;
    artifact.plain = artifact.href.starts_with("http:");
    return artifact;
}

void HawkbitProtocol::State::deployment(Exchange exchange) {
    const auto found = action(exchange);
    const Act act = exchange.route.act;
    const Stage wanted_stage = act == Act::deployment  ? Stage::deployment
                               : act == Act::installed ? Stage::installed
                                                       : Stage::confirmation;
    if (!found || found->attempt != found->wanted.deployment.attempt || found->wanted.sha1.empty() ||
        stage_of(found->wanted.deployment, asks(exchange.device), services.core.clock.now()) != wanted_stage)
        return exchange.respond(no_such(exchange, "action"));
    const exchange::Wanted& wanted = found->wanted;
    ddi::Deployment deployment;
    deployment.id = std::to_string(exchange.route.number);
    deployment.awaits_confirmation = act == Act::confirmation;
    deployment.part = "os";
    deployment.name = wanted.release.name;
    deployment.version = wanted.release.version;
    deployment.artifact = artifact_of(exchange, wanted);
    if (const auto history = exchange.request.parameter("actionHistory"); history && *history != "0") {
        deployment.status = status_word(wanted.deployment.state);
        if (!wanted.deployment.detail.empty()) deployment.messages = {wanted.deployment.detail};
    }
    HttpResponse response = hawkbit::answer(exchange.media, ddi::encode(deployment));
    if (act != Act::confirmation || wanted.deployment.state != install::State::offered)
        return exchange.respond(std::move(response));
    // From now on a person there is waited for.
    install::ReportSeen seen;
    seen.attempt = found->attempt;
    seen.state = install::State::awaiting_user;
    services.updates.report(
        exchange.device, wanted.deployment.id, std::move(seen),
        [this, exchange, response = std::move(response)](base::Result<install::Outcome> done) {
            exchange.respond(done.ok() ? response : failed(done.error(), exchange.route));
        });
}

HttpResponse HawkbitProtocol::State::cancel(const Exchange& exchange) {
    const auto found = action(exchange);
    if (!found ||
        stage_of(found->wanted.deployment, asks(exchange.device), services.core.clock.now()) != Stage::cancel)
        return no_such(exchange, "action");
    return hawkbit::answer(exchange.media, ddi::encode_cancel(std::to_string(exchange.route.number)));
}

HttpResponse HawkbitProtocol::State::auto_confirm(const Exchange& exchange) {
    ddi::AutoConfirm state;
    state.active = asks(exchange.device) == Asks::no;
    state.activate = home(exchange) + "/confirmationBase/activateAutoConfirm";
    state.deactivate = home(exchange) + "/confirmationBase/deactivateAutoConfirm";
    return hawkbit::answer(exchange.media, ddi::encode(state));
}

HttpResponse HawkbitProtocol::State::list_files(const Exchange& exchange) {
    const auto wanted = services.updates.current(exchange.device, true);
    if (!wanted || exchange::release_number(wanted->release.id) != exchange.route.number ||
        !may_fetch(wanted->deployment))
        return no_such(exchange, "module");
    return hawkbit::answer(exchange.media, ddi::encode(std::vector{artifact_of(exchange, *wanted)}));
}

HttpResponse HawkbitProtocol::State::file(const Exchange& exchange) {
    const auto wanted = services.updates.current(exchange.device, true);
    if (!wanted || exchange::release_number(wanted->release.id) != exchange.route.number ||
        !may_fetch(wanted->deployment))
        return no_such(exchange, "file");
    const std::string name = file_name(*wanted);
    if (exchange.route.file == name + std::string(kSum) && !wanted->md5.empty()) {
        HttpResponse response = nothing_to_say();
        response.headers.emplace_back("Content-Type", "text/plain");
        response.headers.emplace_back("Content-Disposition",
                                      "attachment;filename=\"" + name + std::string(kSum) + "\"");
        response.body = wanted->md5 + "  " + name;
        return response;
    }
    if (exchange.route.file != name) return no_such(exchange, "file");
    auto path = services.updates.file(*wanted);
    if (!path.ok()) return failed(path.error(), exchange.route);
    return exchange::answer_file(exchange.request, {.path = std::move(*path),
                                                    .length = wanted->length,
                                                    .tag = "\"" + wanted->release.artifact.hex() + "\"",
                                                    .name = name});
}

} // namespace oakum::hawkbit
