// SPDX-License-Identifier: Apache-2.0
#include <device/capability.hpp>

#include <array>

namespace oakum::device {
namespace {

constexpr std::size_t kCount = static_cast<std::size_t>(Capability::attestation) + 1;
constexpr std::array<std::string_view, kCount> kNames = {
    "exact version", "deadline", "deferral", "window",        "freeze",     "app pin",
    "app update",    "reboot",   "rollback", "health report", "attestation"};

struct Answer {
    bool has;
    std::string_view reason;
};

Answer native(Capability capability, const CapabilityBasis& basis) {
    switch (capability) {
    case Capability::exact_version:
        return {true, "Oakum's agent installs the release that it is offered"};
    case Capability::deadline:
        return {true, "the server decides when to offer"};
    case Capability::deferral:
        return {false, "the agent runs unattended and asks nobody"};
    case Capability::window:
        return {true, "an offer is held until the window opens"};
    case Capability::freeze:
        return {true, "nothing is offered while a freeze holds"};
    case Capability::app_pin:
    case Capability::forced_app_update:
        return {false, "the agent replaces the whole firmware, not single apps"};
    case Capability::reboot:
        return {true, "the agent restarts into the new slot"};
    case Capability::rollback:
        if (basis.slots == "1") return {false, "the device reported a single slot"};
        return {true, "two slots: the old one is kept until the new one is healthy"};
    case Capability::health_report:
        return {true, "the agent runs health checks and reports them"};
    case Capability::attestation:
        return {false, "the agent has no hardware-backed proof of what runs"};
    }
    return {false, "unknown"};
}

Answer apple(Capability capability, const CapabilityBasis& basis) {
    switch (capability) {
    case Capability::exact_version:
    case Capability::deadline:
        return {true, "a software update declaration names the version and the date"};
    case Capability::deferral:
        return basis.supervised ? Answer{true, "supervised: updates can be deferred up to 90 days"}
                                : Answer{false, "only supervised devices can defer updates"};
    case Capability::window:
        return {false, "the system chooses the hour before the deadline"};
    case Capability::freeze:
        return basis.supervised ? Answer{true, "supervised: by a deferral"}
                                : Answer{false, "only supervised devices can defer updates"};
    case Capability::app_pin:
        return {false, "the App Store gives the current version only"};
    case Capability::forced_app_update:
        return {true, "managed apps can be reinstalled in their current version"};
    case Capability::reboot:
        return basis.supervised ? Answer{true, "supervised: RestartDevice"}
                                : Answer{false, "only supervised devices can be restarted"};
    case Capability::rollback:
        return {
            false,
            "the system refuses older versions: a rollout can only be halted and its declaration withdrawn"};
    case Capability::health_report:
        return {false, "the management channel reports the version and nothing of the device's health"};
    case Capability::attestation:
        return {true, "DeviceInformation can carry an attestation by the Secure Enclave"};
    }
    return {false, "unknown"};
}

Answer android(Capability capability, const CapabilityBasis&) {
    switch (capability) {
    case Capability::exact_version:
        return {false, "the maker decides which version the device is offered"};
    case Capability::deadline:
        return {false, "the system update policy knows windows and postponement, no date"};
    case Capability::deferral:
        return {true, "a system update policy postpones up to 30 days"};
    case Capability::window:
        return {true, "a system update policy names daily hours"};
    case Capability::freeze:
        return {true, "freeze periods of up to 90 days"};
    case Capability::app_pin:
        return {false, "managed Play gives tracks, not versions"};
    case Capability::forced_app_update:
        return {true, "managed Play can update an app with high priority"};
    case Capability::reboot:
        return {true, "by a command to a company-owned device"};
    case Capability::rollback:
        return {false, "verified boot refuses older versions: only the app track can be turned back"};
    case Capability::health_report:
        return {false, "the management channel reports versions and nothing of the device's health"};
    case Capability::attestation:
        return {true, "key attestation states patch level and boot state"};
    }
    return {false, "unknown"};
}

// Clients of other update servers: SWUpdate, rauc-hawkbit-updater and their kin, and Mender's.
Answer foreign(Capability capability, const CapabilityBasis& basis) {
    const bool mender = basis.protocol == "mender";
    switch (capability) {
    case Capability::exact_version:
        return {true, "its client installs the file that it is offered"};
    case Capability::deadline:
        return {true, "the server decides when to offer"};
    case Capability::deferral:
        return mender ? Answer{false, "its client asks nobody"}
                      : Answer{true, "where its client asks for confirmation, a person there decides"};
    case Capability::window:
        return {true, mender
                          ? "a client that takes update control maps downloads ahead and waits; to others an "
                            "offer is held until the window opens"
                          : "an offer is held until the window opens"};
    case Capability::freeze:
        return {true,
                mender ? "nothing is installed while a freeze holds: a client that takes update control maps "
                         "waits, others are offered nothing"
                       : "nothing is offered while a freeze holds"};
    case Capability::app_pin:
    case Capability::forced_app_update:
        return {false, "what a file replaces is its maker's matter: it is offered whole"};
    case Capability::reboot:
        return {false, "its client restarts when it has installed, and knows no order to do so"};
    case Capability::rollback:
        return mender
                   ? Answer{true, "its client falls back by itself, and an older release can be offered"}
                   : Answer{true, "an older release can be offered; its own slots are its client's matter"};
    case Capability::health_report:
        return mender ? Answer{true, "it reports success only after its restart, when it reaches the server"}
                      : Answer{false, "it reports what it runs, and nothing of its health"};
    case Capability::attestation:
        return {false, "its client has no hardware-backed proof of what runs"};
    }
    return {false, "unknown"};
}

// Over LwM2M the server asks, step by step: what it does not ask for does not happen.
Answer lwm2m(Capability capability) {
    switch (capability) {
    case Capability::exact_version:
        return {true, "it fetches or is given the package that it is offered"};
    case Capability::deadline:
        return {true, "the server decides when to offer"};
    case Capability::deferral:
        return {false, "its client asks nobody"};
    case Capability::window:
        return {true, "it downloads ahead, and is told to install when the window opens"};
    case Capability::freeze:
        return {true, "it is not told to install while a freeze holds"};
    case Capability::app_pin:
    case Capability::forced_app_update:
        return {false, "what a package replaces is its maker's matter: it is offered whole"};
    case Capability::reboot:
        return {false, "it restarts when it has installed; Oakum sends no other order to do so"};
    case Capability::rollback:
        return {true,
                "an older release can be offered; whether it falls back by itself is its maker's matter"};
    case Capability::health_report:
        return {false, "it reports what it runs, and nothing of its health"};
    case Capability::attestation:
        return {false, "its client has no hardware-backed proof of what runs"};
    }
    return {false, "unknown"};
}

// Another system steers it, and Oakum reads from there: what the platform cannot do nobody can, the rest is
// set there.
Answer read_only(Capability capability, const CapabilityBasis& basis, std::string_view set_there) {
    const bool is_android = basis.platform == "android",
               is_apple = basis.platform == "ios" || basis.platform == "ipados";
    if (!is_android && !is_apple) return {false, set_there};
    const Answer of_platform = is_android ? android(capability, basis) : apple(capability, basis);
    return of_platform.has ? Answer{false, set_there} : of_platform;
}

Answer answer(Capability capability, const CapabilityBasis& basis) {
    if (basis.protocol == "hawkbit" || basis.protocol == "mender") {
        if (!basis.has_identity) return {false, "the device is not enrolled: it holds no identity of ours"};
        return foreign(capability, basis);
    }
    if (basis.protocol == "lwm2m") {
        if (!basis.has_identity) return {false, "the device is not enrolled: it holds no identity of ours"};
        return lwm2m(capability);
    }
    if (basis.protocol == "native") {
        if (!basis.has_identity) return {false, "the device is not enrolled: it holds no identity of ours"};
        return native(capability, basis);
    }
    if (basis.protocol == "apple_mdm") return apple(capability, basis);
    if (basis.protocol == "android_management")
        return read_only(capability, basis,
                         "the platform can do it, by a policy of the Android Management API: set it there; "
                         "from here a rollout of a floor sets when its system updates, where an "
                         "administrator lets it write");
    if (basis.protocol == "intune")
        return read_only(capability, basis,
                         "Microsoft Intune steers it: set it there, Oakum only reads from it");
    if (basis.protocol.empty() || basis.protocol == "import" || basis.protocol == "none")
        return {false, "known from an import only: nothing can be asked of it until it is enrolled or its "
                       "management system is connected"};
    return {false, "Oakum does not know what this protocol can do"};
}

} // namespace

std::string_view to_string(Capability capability) {
    return kNames[static_cast<std::size_t>(capability)];
}

std::vector<CapabilityAnswer> capabilities(const CapabilityBasis& basis) {
    std::vector<CapabilityAnswer> answers;
    answers.reserve(kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
        const auto capability = static_cast<Capability>(i);
        const Answer found = answer(capability, basis);
        answers.push_back({capability, found.has, found.reason});
    }
    return answers;
}

} // namespace oakum::device
