// SPDX-License-Identifier: Apache-2.0
// What a device says, as the reports that our own agent would send.
#include "state.hpp"

#include <device/attributes.hpp>
#include <exchange/attributes.hpp>

#include <algorithm>

namespace oakum::hawkbit {
namespace {

using install::Outcome;
using Said = install::State; // State is the protocol's own

// What the device means; nothing: it says that it goes on, which is known.
std::optional<Said> state_of(const ddi::Feedback& feedback) {
    switch (feedback.execution) {
    case ddi::Execution::closed:
        return feedback.finished == ddi::Finished::failure ? Said::failed : Said::installed;
    case ddi::Execution::download:
        return Said::downloading;
    case ddi::Execution::downloaded:
        return Said::downloaded;
    // SWUpdate says so when it begins, and streams: from then on the old slot may be gone.
    case ddi::Execution::proceeding:
    case ddi::Execution::resumed:
        return Said::installing;
    case ddi::Execution::scheduled:
    case ddi::Execution::rejected:
    case ddi::Execution::canceled:
        return std::nullopt;
    }
    return std::nullopt;
}

bool closes(const ddi::Feedback& feedback) {
    return feedback.execution == ddi::Execution::closed;
}

// Whether it would change anything: chatter of one that is known to install is not written.
bool is_news(const ports::DeploymentRow& row, Said said) {
    return said != row.state;
}

} // namespace

template <class Value>
std::optional<Value> HawkbitProtocol::State::said_in(const Exchange& exchange,
                                                     base::Result<Value> (*decode)(std::string_view)) const {
    const auto json = json_of(exchange.request);
    if (!json.ok()) {
        const bool media = json.error().where == "Content-Type";
        exchange.respond(refused(media ? 415 : 400, json.error(), exchange.route));
        return std::nullopt;
    }
    auto said = decode(*json);
    if (said.ok()) return *std::move(said);
    exchange.respond(refused(400, said.error(), exchange.route));
    return std::nullopt;
}

void HawkbitProtocol::State::report(const Exchange& exchange, const exchange::Wanted& wanted,
                                    install::ReportSeen seen) {
    const bool ends =
        seen.state == Said::failed || seen.state == Said::installed || seen.state == Said::withdrawn;
    const bool stopping = wanted.deployment.state == Said::cancelling;
    services.updates.report(exchange.device, wanted.deployment.id, std::move(seen),
                            [this, exchange, ends, stopping](base::Result<Outcome> outcome) {
                                if (!outcome.ok())
                                    return exchange.respond(failed(outcome.error(), exchange.route));
                                // One that is to stop sees that at its next look; what was taken back before
                                // is gone.
                                if (*outcome == Outcome::stop && !ends && !stopping)
                                    return exchange.respond(failure(410, "this action was taken back"));
                                exchange.respond(nothing_to_say());
                            });
}

void HawkbitProtocol::State::deployment_feedback(Exchange exchange) {
    const auto feedback = said_in(exchange, ddi::decode_feedback);
    if (!feedback) return;
    const auto found = action(exchange);
    if (!found) {
        // It ended long ago, here at least: its last word is taken and changes nothing, others make it look.
        return exchange.respond(closes(*feedback) ? nothing_to_say() : failure(410, "this action has ended"));
    }
    const auto said = state_of(*feedback);
    const ports::DeploymentRow& row = found->wanted.deployment;
    if (!said || (!closes(*feedback) && found->attempt == row.attempt && !is_news(row, *said)))
        return exchange.respond(nothing_to_say());
    install::ReportSeen seen;
    seen.attempt = found->attempt;
    seen.state = *said;
    seen.detail = feedback->details;
    if (feedback->percent && *said == Said::downloading) seen.progress_percent = *feedback->percent;
    if (*said == Said::failed) seen.reason = install::Reason::agent_error;
    report(exchange, found->wanted, std::move(seen));
}

void HawkbitProtocol::State::cancel_feedback(Exchange exchange) {
    const auto feedback = said_in(exchange, ddi::decode_feedback);
    if (!feedback) return;
    const auto found = action(exchange);
    if (!found) return exchange.respond(nothing_to_say());
    // One that does not stop installs to its end: what it runs then is what counts.
    if (!closes(*feedback)) return exchange.respond(nothing_to_say());
    install::ReportSeen seen;
    seen.attempt = found->attempt;
    seen.state = Said::withdrawn;
    seen.detail = feedback->details;
    report(exchange, found->wanted, std::move(seen));
}

void HawkbitProtocol::State::confirmation_feedback(Exchange exchange) {
    const auto said = said_in(exchange, ddi::decode_confirmation);
    if (!said) return;
    const auto found = action(exchange);
    if (!found) return exchange.respond(failure(410, "this action has ended"));
    if (stage_of(found->wanted.deployment, asks(exchange.device), services.core.clock.now()) !=
        Stage::confirmation)
        return exchange.respond(nothing_to_say());
    install::ReportSeen seen;
    seen.attempt = found->attempt;
    seen.state = said->confirmed ? Said::installing : Said::awaiting_user;
    seen.detail = (said->confirmed ? "confirmed on the device" : "denied on the device") +
                  (said->details.empty() ? "" : ": " + said->details);
    report(exchange, found->wanted, std::move(seen));
}

void HawkbitProtocol::State::attributes(Exchange exchange) {
    const auto said = said_in(exchange, ddi::decode_attributes);
    if (!said) return;
    fleet::InventoryReport told;
    told.tells_components = false;
    if (said->mode == ddi::Mode::remove) {
        for (const auto& [name, value] : said->data)
            told.forget.push_back(device::attribute_key(name));
    } else {
        told.facts = exchange::facts_of(said->data);
        if (const auto client = exchange.request.header("user-agent"); !client.empty())
            for (const auto& [key, value] : exchange::facts_of({{"client", std::string(client)}}))
                told.facts.emplace(key, value);
    }
    if (said->mode == ddi::Mode::replace)
        told.forget = exchange::no_longer_said(services.core.fleet.facts(exchange.device.key()), told.facts);
    const fleet::DeviceActor device = exchange.device;
    services.inventories.take(device, std::move(told), "", [this, exchange](base::Status taken) {
        if (!taken.ok()) return exchange.respond(failed(taken.error(), exchange.route));
        services.updates.prove(services.polling, exchange.device, [this, exchange](base::Status done) {
            exchange.respond(done.ok() ? nothing_to_say() : failed(done.error(), exchange.route));
        });
    });
}

void HawkbitProtocol::State::change_asking(Exchange exchange) {
    fleet::InventoryReport told;
    told.tells_components = false;
    if (exchange.route.act == Act::deactivate)
        told.facts.emplace(exchange::kAsksBeforeInstalling, "yes");
    else
        told.forget.emplace_back(exchange::kAsksBeforeInstalling);
    services.inventories.take(exchange.device, std::move(told), "", [this, exchange](base::Status taken) {
        exchange.respond(taken.ok() ? nothing_to_say() : failed(taken.error(), exchange.route));
    });
}

} // namespace oakum::hawkbit
