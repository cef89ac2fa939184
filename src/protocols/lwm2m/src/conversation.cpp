// SPDX-License-Identifier: Apache-2.0
// What devices are asked: one thing at a time, and only while they listen.
#include "state.hpp"

#include "device_facts.hpp"

#include <exchange/attributes.hpp>

#include <algorithm>

namespace oakum::lwm2m {

namespace {

namespace coap = ports::coap;
using coap::Option;
using lwm2m_data::Path;
using Said = install::State;

constexpr unsigned kMostSteps = 24;       // between two words of the device
constexpr std::size_t kMostLooks = 2'000; // a tick
constexpr std::uint16_t kPackage = 0, kAddress = 1, kUpdate = 2, kState = 3, kCancel = 10;

// States whose proof is the version that the device runs.
bool awaits_proof(const ports::DeploymentRow& row) {
    return row.state == Said::installed || row.state == Said::soaking || row.state == Said::rebooting ||
           install::fell_silent_in(exchange::value_of(row), Said::installed);
}

std::string bytes_of(std::uint64_t number) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
    return bytes;
}

std::string code_of(const Answer& answer) {
    return answer.message ? coap::text(answer.message->code) : std::string("no answer");
}

} // namespace

// ---- asking

CoapMessage Lwm2mProtocol::State::to(const Registration& registration, std::uint8_t code,
                                     const Path& path) const {
    CoapMessage message;
    message.code = code;
    message.add_path(registration.root).add_path(path.text());
    return message;
}

void Lwm2mProtocol::State::ask(Registration& registration, CoapMessage request, Then then) {
    registration.busy = true;
    const std::string token =
        request.option(Option::observe)
            ? observation(registration)
            : bytes_of(base::siphash24(key1, key0, base::as_bytes(bytes_of(++questions))));
    links->ask(registration.link, token, std::move(request),
               [this, location = location_of(registration.device.device), epoch = registration.epoch,
                then = std::move(then)](const Answer& answer) {
                   Registration* held = at(location);
                   if (held == nullptr || held->epoch != epoch) return;
                   held->busy = false;
                   if (answer.message || answer.failure == ports::CoapLinks::Failure::reset) {
                       held->heard = now();
                   } else {
                       // It sleeps, or is away: nothing more until it comes by itself, or much later.
                       held->deaf_until = now() + kLeftAlone;
                       if (held->work) held->work->shown.reset();
                       look_again(*held, kLeftAlone);
                       return;
                   }
                   then(*held, answer);
               });
}

// Computed from the device, so that what was observed before it registered again, or before this server was
// started again with the same key, is known.
std::string Lwm2mProtocol::State::observation(const Registration& registration) const {
    const std::string seal = addresses.path_of(registration.device, {});
    return std::string(base::as_text(base::ByteView(base::sha256("observed " + seal).bytes).first(8)));
}

base::Result<std::vector<lwm2m_data::Record>> Lwm2mProtocol::State::records(const Answer& answer,
                                                                            const Path& path) const {
    if (!answer.message || answer.message->code != coap::kContent)
        return base::unavailable(code_of(answer) + " to reading " + path.text());
    const auto format = answer.message->number(Option::content_format);
    return lwm2m_data::decode(
        static_cast<std::uint16_t>(std::min(format.value_or(lwm2m_data::kTlv), 0xffffU)),
        answer.message->payload, path);
}

// ---- when

void Lwm2mProtocol::State::look_again(Registration& registration, base::Duration in) const {
    registration.next_look = now() + in;
}

base::Duration Lwm2mProtocol::State::pause() const {
    return std::chrono::seconds(std::clamp(poll_seconds, 1U, 60U));
}

bool Lwm2mProtocol::State::is_reachable(const Registration& registration) const {
    if (registration.link == 0 || now() < registration.deaf_until) return false;
    return !registration.queue || now() - registration.heard < kAwake;
}

void Lwm2mProtocol::State::heard_from(Registration& registration) {
    registration.heard = now();
    registration.deaf_until = {};
    // Late updates are common on bad links: a little patience.
    registration.expires = now() + std::chrono::seconds(registration.lifetime) + kAwake;
    look_again(registration, pause());
    if (registration.work) {
        registration.work->steps = 0;
        registration.work->version_due = true;
    }
    turn_soon(registration);
}

// Behind the answer that is being given.
void Lwm2mProtocol::State::turn_soon(const Registration& registration) {
    services.thread.post([this, location = location_of(registration.device.device)] {
        if (Registration* held = at(location)) turn(*held);
    });
}

void Lwm2mProtocol::State::tick() {
    const base::Duration time = now();
    std::vector<std::uint64_t> ended;
    std::size_t looks = 0;
    for (auto& [location, held] : registrations) {
        if (time >= held->expires) {
            ended.push_back(location);
        } else if (time >= held->next_look && !held->busy && looks < kMostLooks) {
            ++looks;
            look_again(*held, std::chrono::seconds(std::max(1U, poll_seconds)));
            if (is_reachable(*held)) look_at(*held);
        }
    }
    for (const std::uint64_t location : ended)
        drop(location);
}

// Nobody told anything: what time alone asks for. A device that was not heard of for a while is asked what it
// runs before anything is believed of it.
void Lwm2mProtocol::State::look_at(Registration& registration) {
    if (registration.facts_due) return turn(registration);
    if (!services.polling.has_business(registration.device, fleet::Keeps::yes)) return;
    if (registration.work) {
        registration.work->steps = 0;
        registration.work->version_due = true;
        // It is fetching: every question would only slow it down.
        const bool fetches = now() - registration.work->fetched < 2 * pause();
        if (fetches) return look_again(registration, pause());
    }
    if (now() - registration.heard < 2 * pause()) return turn(registration);
    read_version(registration);
}

void Lwm2mProtocol::State::turn(Registration& registration) {
    if (registration.busy || !is_reachable(registration)) return;
    if (registration.facts_due) return note_manner(registration);
    poll(registration);
}

// ---- what it is and runs

std::map<std::string, std::string>
Lwm2mProtocol::State::told_facts(const Registration& registration,
                                 const std::vector<lwm2m_data::Record>& records) const {
    const Manner manner{registration.minor == 0 ? "1.0" : "1.1", registration.queue,
                        registration.has_firmware, registration.proven};
    auto facts = exchange::facts_of(attributes_of(records, registration.device_instance, manner));
    // So long it may be silent: it has not fallen quiet before.
    facts.insert_or_assign(std::string(device::key::cadence), std::to_string(registration.lifetime));
    return facts;
}

// How it speaks is known before it answers anything.
void Lwm2mProtocol::State::note_manner(Registration& registration) {
    fleet::InventoryReport told;
    told.tells_components = false;
    told.facts = told_facts(registration, {});
    if (!is_news(services.core.fleet.facts(registration.device.key()), told.facts))
        return read_device(registration);
    registration.busy = true;
    services.inventories.take(
        registration.device, std::move(told), "",
        back<base::Status>(registration,
                           [this](Registration& held, const base::Status&) { read_device(held); }));
}

void Lwm2mProtocol::State::read_device(Registration& registration) {
    registration.facts_due = false;
    const Path path{3, registration.device_instance};
    CoapMessage request = to(registration, coap::kGet, path);
    request.add(Option::accept, std::uint32_t{registration.format});
    ask(registration, std::move(request), [this, path](Registration& held, const Answer& answer) {
        const auto said = records(answer, path);
        const bool form = answer.message && (answer.message->code == coap::kNotAcceptable ||
                                             answer.message->code == coap::kUnsupportedFormat);
        // It promised more than it can.
        if (form && held.format != lwm2m_data::kTlv) {
            held.format = lwm2m_data::kTlv;
            return read_device(held);
        }
        if (!said.ok())
            services.log.write(base::LogLevel::info, "lwm2m",
                               "\"" + held.endpoint + "\": " + said.error().text());
        take_facts(held, told_facts(held, said.ok() ? *said : std::vector<lwm2m_data::Record>()));
    });
}

void Lwm2mProtocol::State::read_version(Registration& registration) {
    if (registration.work) registration.work->version_due = false;
    const Path path{3, registration.device_instance, 3};
    CoapMessage request = to(registration, coap::kGet, path);
    request.add(Option::accept, std::uint32_t{registration.format});
    ask(registration, std::move(request), [this, path](Registration& held, const Answer& answer) {
        const auto said = records(answer, path);
        const auto* value = said.ok() ? lwm2m_data::find(*said, path) : nullptr;
        const auto version = value != nullptr ? lwm2m_data::text_of(*value) : std::nullopt;
        if (!version || version->empty()) return poll(held);
        take_facts(held, exchange::facts_of({{"firmware_version", *version}}));
    });
}

void Lwm2mProtocol::State::take_facts(Registration& registration, std::map<std::string, std::string> facts) {
    fleet::InventoryReport told;
    told.tells_components = false;
    told.facts = std::move(facts);
    const auto row = services.core.fleet.device(registration.device.key());
    const auto version = told.facts.find(std::string(device::key::firmware_version));
    const bool same_version = version == told.facts.end() || (row && row->running_version == version->second);
    const bool first = row && row->last_inventory == base::TimePoint{};
    if (!first && same_version && !is_news(services.core.fleet.facts(registration.device.key()), told.facts))
        return prove(registration);
    registration.busy = true;
    services.inventories.take(
        registration.device, std::move(told), "",
        back<base::Status>(registration, [this](Registration& held, const base::Status& taken) {
            if (taken.ok()) return prove(held);
            services.log.write(base::LogLevel::info, "lwm2m",
                               "\"" + held.endpoint + "\": " + taken.error().text());
        }));
}

void Lwm2mProtocol::State::prove(Registration& registration) {
    if (registration.work) registration.work->version_due = false;
    registration.busy = true;
    services.updates.prove(
        services.polling, registration.device,
        back<base::Status>(registration, [this](Registration& held, const base::Status&) { poll(held); }));
}

// ---- what is wanted of it

void Lwm2mProtocol::State::poll(Registration& registration) {
    fleet::PollReport nothing_new;
    // What is fetched ahead is installed when a window opens: that is decided here, for the device.
    nothing_new.keeps_windows = fleet::Keeps::yes;
    if (const auto at_once = services.polling.poll_at_once(registration.device, nothing_new))
        return act_on(registration, *at_once);
    registration.busy = true;
    services.polling.poll(
        registration.device, nothing_new,
        back<base::Result<fleet::PollAnswer>>(
            registration, [this](Registration& held, const base::Result<fleet::PollAnswer>& answer) {
                act_on(held, answer);
            }));
}

void Lwm2mProtocol::State::act_on(Registration& registration, const base::Result<fleet::PollAnswer>& answer) {
    if (!answer.ok()) {
        const auto kind = answer.error().kind;
        // Its identity was ended: what it says next is told that it is not known.
        if (kind == base::ErrorKind::denied || kind == base::ErrorKind::not_found)
            drop(location_of(registration.device.device));
        return;
    }
    poll_seconds = std::max(1U, answer->poll_seconds);
    const auto wanted = services.updates.current(registration.device, false);
    if (!wanted || install::is_terminal(wanted->deployment.state)) {
        registration.work.reset();
        return;
    }
    go_on(registration, *wanted, exchange::is_open(*answer));
}

void Lwm2mProtocol::State::go_on(Registration& registration, const exchange::Wanted& wanted, bool open) {
    const ports::DeploymentRow& row = wanted.deployment;
    if (!registration.work || registration.work->deployment != row.id ||
        registration.work->attempt != row.attempt) {
        registration.work = std::make_unique<Work>();
        registration.work->deployment = row.id;
        registration.work->attempt = row.attempt;
        // Nothing is known of what happened before, but that it registered since.
        registration.work->came_back = row.state == Said::installing || row.state == Said::rebooting;
    }
    Work& work = *registration.work;
    if (++work.steps > kMostSteps) return look_again(registration, pause());
    if (awaits_proof(row)) {
        if (work.version_due) return read_version(registration);
        // Its restart may come late: asked more and more seldom, as long as nothing soaks.
        const base::Duration since = services.core.clock.now() - row.state_at;
        return look_again(registration, row.state == Said::soaking ? pause() : std::max(pause(), since / 4));
    }
    Standing standing;
    standing.state = row.state;
    standing.due = services.core.clock.now() >= install::earliest_offer(exchange::value_of(row));
    standing.open = open;
    standing.was_reset = work.was_reset;
    standing.packages = work.packages;
    standing.orders = work.orders;
    standing.came_back = work.came_back;
    perform(registration, wanted, next_act(standing, work.shown));
}

void Lwm2mProtocol::State::perform(Registration& registration, const exchange::Wanted& wanted,
                                   const Act& act) {
    Work& work = *registration.work;
    switch (act.what) {
    case Do::nothing:
        return look_again(registration, pause());
    case Do::wait: {
        // A push that was broken off goes on; one that nobody remembers begins anew.
        const bool fetches = work.shown && work.shown->state == Device::downloading;
        if (fetches && work.push) return push(registration, wanted);
        if (fetches && work.packages == 0 && work.shown->delivery == Delivery::push && !work.was_reset)
            return reset(registration);
        work.shown.reset();
        return look_again(registration, pause());
    }
    case Do::look:
        return look_at_firmware(registration, wanted);
    case Do::reset:
        return reset(registration);
    case Do::give:
        return give(registration, wanted);
    case Do::install:
        return install(registration);
    case Do::report:
        return say(registration, wanted, act);
    }
}

void Lwm2mProtocol::State::say(Registration& registration, const exchange::Wanted& wanted, const Act& act) {
    install::ReportSeen seen;
    seen.attempt = wanted.deployment.attempt;
    seen.state = act.state;
    seen.reason = act.reason;
    seen.detail = act.detail;
    registration.busy = true;
    services.updates.report(
        registration.device, wanted.deployment.id, std::move(seen),
        back<base::Result<install::Outcome>>(
            registration, [this](Registration& held, const base::Result<install::Outcome>& outcome) {
                if (outcome.ok()) return poll(held);
                services.log.write(base::LogLevel::info, "lwm2m",
                                   "\"" + held.endpoint + "\": " + outcome.error().text());
            }));
}

void Lwm2mProtocol::State::fail(Registration& registration, const exchange::Wanted& wanted,
                                install::Reason reason, std::string detail) {
    say(registration, wanted, {Do::report, Said::failed, reason, std::move(detail)});
}

void Lwm2mProtocol::State::look_at_firmware(Registration& registration, const exchange::Wanted& wanted) {
    if (!registration.has_firmware)
        return fail(registration, wanted, install::Reason::incompatible,
                    "it has no firmware update (object 5) among its objects");
    const Path path{5, registration.firmware_instance};
    CoapMessage request = to(registration, coap::kGet, path);
    request.add(Option::accept, std::uint32_t{registration.format});
    ask(registration, std::move(request), [this, path, wanted](Registration& held, const Answer& answer) {
        const auto said = records(answer, path);
        auto shown = said.ok() ? read_shown(*said, path.at(1)) : base::Result<Shown>(said.error());
        if (shown.ok()) {
            held.work->shown = *std::move(shown);
            return poll(held);
        }
        const bool refuses = answer.message && answer.message->code >> 5U == 4 &&
                             answer.message->code != coap::kTooManyRequests;
        if (refuses || answer.message->is_success())
            return fail(held, wanted, install::Reason::agent_error,
                        "its firmware update (object 5) cannot be read: " + shown.error().message);
        look_again(held, pause());
    });
}

// ---- orders

void Lwm2mProtocol::State::reset(Registration& registration) {
    const bool pushes = registration.work->shown && registration.work->shown->delivery == Delivery::push;
    // An empty address, or a package of one zero: both mean "begin anew".
    CoapMessage request =
        to(registration, coap::kPut, Path{5, registration.firmware_instance, pushes ? kPackage : kAddress});
    request.add(Option::content_format, std::uint32_t{pushes ? lwm2m_data::kOpaque : lwm2m_data::kText});
    if (pushes) request.payload = std::string(1, '\0');
    const auto again = [this](Registration& held, const Answer&) {
        held.work->was_reset = true;
        held.work->shown.reset();
        poll(held);
    };
    ask(registration, std::move(request), [this, again](Registration& held, const Answer& answer) {
        if (answer.message && answer.message->is_success()) return again(held, answer);
        if (held.minor == 0) return again(held, answer);
        ask(held, to(held, coap::kPost, Path{5, held.firmware_instance, kCancel}), again);
    });
}

void Lwm2mProtocol::State::give(Registration& registration, const exchange::Wanted& wanted) {
    Work& work = *registration.work;
    const Shown shown = work.shown.value_or(Shown{});
    auto address = package_address(registration, wanted, shown);
    if (!address && shown.delivery == Delivery::pull)
        return fail(registration, wanted, install::Reason::incompatible,
                    "it fetches packages, and by no protocol that this server offers");
    ++work.packages;
    if (address) return pull(registration, wanted, *std::move(address));
    work.push = Push{};
    push(registration, wanted);
}

void Lwm2mProtocol::State::pull(Registration& registration, const exchange::Wanted& wanted,
                                std::string address) {
    Work& work = *registration.work;
    CoapMessage request;
    if (work.as_tlv) {
        request = to(registration, coap::kPut, Path{5, registration.firmware_instance, kAddress});
        request.add(Option::content_format, std::uint32_t{lwm2m_data::kTlv});
        request.payload = lwm2m_data::encode_tlv(kAddress, address);
    } else {
        request = to(registration, coap::kPut, Path{5, registration.firmware_instance, kAddress});
        request.add(Option::content_format, std::uint32_t{lwm2m_data::kText});
        request.payload = address;
    }
    ask(registration, std::move(request), [this, wanted, address](Registration& held, const Answer& answer) {
        held.work->shown.reset();
        if (answer.message && answer.message->is_success()) return observe(held);
        if (answer.message && answer.message->code == coap::kUnsupportedFormat && !held.work->as_tlv) {
            held.work->as_tlv = true;
            return pull(held, wanted, address);
        }
        fail(held, wanted, install::Reason::agent_error,
             "it does not take the package's address (/5/0/1): " + code_of(answer));
    });
}

// Its state, as long as the update goes on. One that cannot be observed is looked at from time to time.
void Lwm2mProtocol::State::observe(Registration& registration) {
    CoapMessage request = to(registration, coap::kGet, Path{5, registration.firmware_instance, kState});
    request.add(Option::observe, std::uint32_t{0}).add(Option::accept, std::uint32_t{registration.format});
    ask(registration, std::move(request),
        [this](Registration& held, const Answer&) { look_again(held, pause()); });
}

void Lwm2mProtocol::State::install(Registration& registration) {
    ++registration.work->orders;
    registration.work->came_back = false;
    ask(registration, to(registration, coap::kPost, Path{5, registration.firmware_instance, kUpdate}),
        [this](Registration& held, const Answer&) {
            held.work->shown.reset();
            look_again(held, pause());
        });
}

} // namespace oakum::lwm2m
