// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blocks.hpp"
#include "file_pieces.hpp"
#include "firmware.hpp"
#include "registration.hpp"

#include <lwm2m/downloads.hpp>
#include <lwm2m/protocol.hpp>

#include <memory>
#include <unordered_map>

namespace oakum::lwm2m {

using ports::CoapMessage;
using ports::CoapPeer;
using Respond = std::function<void(CoapMessage)>;
using Answer = ports::CoapLinks::Answer;

// After its last word a device in queue mode listens that long (MAX_TRANSMIT_WAIT); and any that did not
// answer is left alone for a while.
inline constexpr base::Duration kAwake = std::chrono::seconds(93), kLeftAlone = std::chrono::minutes(10);

// A package that is pushed: which block comes next.
struct Push {
    std::uint32_t number = 0, size = 1024;
    unsigned restarts = 0;
    std::uint64_t offset() const { return std::uint64_t{number} * size; }
};

// What is under way with one deployment; most devices have none.
struct Work {
    ports::DeploymentId deployment;
    std::uint32_t attempt = 0;
    std::optional<Shown> shown;
    std::optional<Push> push;
    unsigned packages = 0, orders = 0;
    unsigned steps = 0; // since the device last said something by itself, or time passed
    bool was_reset = false, came_back = false, version_due = true, as_tlv = false;
    base::Duration fetched{}; // when it last asked for a block of the package
};

struct Registration {
    fleet::DeviceActor device;
    std::string endpoint, root, local;
    std::uint64_t link = 0; // 0: it cannot be reached until it comes by itself
    base::Duration expires{}, heard{}, next_look{}, deaf_until{};
    std::uint32_t lifetime = kLifetime;
    std::uint32_t epoch = 0; // one for each registration: what was asked before it is not waited for
    std::uint16_t device_instance = 0, firmware_instance = 0, format = lwm2m_data::kTlv;
    std::uint8_t minor = 0; // of LwM2M 1.x
    bool queue = false, has_device = false, has_firmware = false, proven = true;
    bool facts_due = true, busy = false;
    std::unique_ptr<Work> work;
};

struct Lwm2mProtocol::State {
    Services services;
    Settings settings;
    Addresses addresses;
    ports::CoapLinks* links = nullptr;
    exchange::RateLimit devices, files, strangers;
    const std::uint64_t key0, key1;
    std::uint32_t epochs = 0;
    std::uint64_t questions = 0; // so many: for tokens
    std::uint32_t poll_seconds = fleet::kPollSeconds;
    // By location, a number of the device and of this process: what an earlier one gave out is not known.
    std::unordered_map<std::uint64_t, std::unique_ptr<Registration>> registrations;
    std::unordered_map<std::uint64_t, std::uint64_t> locations; // by link
    Bodies bodies;
    FilePieces pieces;

    State(Services given, Settings chosen);
    base::Duration now() const { return services.core.clock.steady(); }
    std::uint64_t location_of(device::DeviceId device) const;
    Registration* at(std::uint64_t location);
    Registration* at_link(std::uint64_t link);
    Registration* of(device::DeviceId device) { return at(location_of(device)); }
    void drop(std::uint64_t location);
    void move_to(Registration& registration, const CoapPeer& peer);

    // protocol.cpp: what devices ask
    struct Caller {
        CoapPeer peer;
        std::optional<fleet::SharedKeys::Entry> entry; // by what it proved; nothing: it proved nothing
    };
    std::optional<std::uint8_t> limited(const Caller& caller, bool file);
    void dispatch(Caller caller, CoapMessage request, Respond respond);
    void do_register(const Caller& caller, const CoapMessage& request, Respond respond);
    void admit(const CoapPeer& peer, const fleet::SharedKeys::Entry& entry, Registering said,
               Respond respond);
    CoapMessage entered(const CoapPeer& peer, const fleet::DeviceActor& device,
                        const fleet::SharedKeys::Entry& entry, Registering said);
    Registration* named(const Caller& caller, std::string_view location);
    CoapMessage update(const Caller& caller, std::string_view location, const CoapMessage& request);
    CoapMessage deregister(const Caller& caller, std::string_view location);
    CoapMessage sent(const Caller& caller, const CoapMessage& request);
    CoapMessage file(const Caller& caller, const CoapMessage& request);
    CoapMessage refused(std::uint8_t code, const base::Error& error, const Caller& caller) const;

    // conversation.cpp: what devices are asked, one thing at a time
    void heard_from(Registration& registration); // it said something by itself
    void turn_soon(const Registration& registration);
    void turn(Registration& registration);
    bool is_reachable(const Registration& registration) const;
    void tick();
    void look_at(Registration& registration);
    void poll(Registration& registration);
    void act_on(Registration& registration, const base::Result<fleet::PollAnswer>& answer);
    void go_on(Registration& registration, const exchange::Wanted& wanted, bool open);
    void perform(Registration& registration, const exchange::Wanted& wanted, const Act& act);
    std::map<std::string, std::string> told_facts(const Registration& registration,
                                                  const std::vector<lwm2m_data::Record>& records) const;
    void note_manner(Registration& registration);
    void read_device(Registration& registration);
    void read_version(Registration& registration);
    void take_facts(Registration& registration, std::map<std::string, std::string> facts);
    void prove(Registration& registration);
    void look_at_firmware(Registration& registration, const exchange::Wanted& wanted);
    void reset(Registration& registration);
    void give(Registration& registration, const exchange::Wanted& wanted);
    void install(Registration& registration);
    void say(Registration& registration, const exchange::Wanted& wanted, const Act& act);
    void fail(Registration& registration, const exchange::Wanted& wanted, install::Reason reason,
              std::string detail);
    // Until when, at the latest, it is looked at again.
    void look_again(Registration& registration, base::Duration in) const;
    base::Duration pause() const;

    using Then = std::function<void(Registration&, const Answer&)>;
    void ask(Registration& registration, CoapMessage request, Then then);
    void observe(Registration& registration);
    std::string observation(const Registration& registration) const;
    CoapMessage to(const Registration& registration, std::uint8_t code, const lwm2m_data::Path& path) const;
    base::Result<std::vector<lwm2m_data::Record>> records(const Answer& answer,
                                                          const lwm2m_data::Path& path) const;
    // `then` on the handler's thread, when the registration is still the one that began it.
    template <class Value>
    auto back(const Registration& registration, std::function<void(Registration&, Value)> then);

    // push.cpp, addresses of pull
    std::optional<std::string> package_address(const Registration& registration,
                                               const exchange::Wanted& wanted, const Shown& shown) const;
    void pull(Registration& registration, const exchange::Wanted& wanted, std::string address);
    void push(Registration& registration, const exchange::Wanted& wanted);
    void pushed(Registration& registration, const exchange::Wanted& wanted, const Answer& answer);
};

template <class Value>
auto Lwm2mProtocol::State::back(const Registration& registration,
                                std::function<void(Registration&, Value)> then) {
    return [this, location = location_of(registration.device.device), epoch = registration.epoch,
            then = std::move(then)](Value value) {
        services.thread.post([this, location, epoch, then, value = std::move(value)]() mutable {
            Registration* held = at(location);
            if (held == nullptr || held->epoch != epoch) return;
            held->busy = false;
            then(*held, std::move(value));
        });
    };
}

} // namespace oakum::lwm2m
