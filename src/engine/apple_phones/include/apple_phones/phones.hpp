// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/queue.hpp>
#include <apple_messages/declarations.hpp>
#include <apple_messages/messages.hpp>
#include <apple_messages/profile.hpp>
#include <apple_phones/documents.hpp>
#include <base/log.hpp>
#include <fleet/guests.hpp>
#include <fleet/inventory.hpp>
#include <ports/phone_authority.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::apple_phones {

// How an address and a topic get into a profile.
struct Place {
    std::function<std::string()> server;    // "https://HOST[:PORT]"
    std::function<std::string()> topic;     // of the push certificate; empty: there is none
    std::function<base::Bytes()> authority; // that the server is trusted by, in DER; empty: known anyway
};

struct ProfileWish {
    std::string label; // whom it is for
    device::GroupId group;
    bool personal = false;
    std::uint32_t hours = 72; // in which it may be used
    // Phones know who certifies this server: the profile need not bring its authority.
    bool trusted_already = false;
};
struct MadeProfile {
    std::string text; // .mobileconfig
    base::TimePoint expires{};
    std::vector<std::string> warnings;
};
// One phone, as people see it.
struct PhoneView {
    device::DeviceId device;
    std::string name, model;
    apple::Phone phone;
    base::TimePoint certificate_ends{};
};

inline apple::Declares declares(std::string_view os_version) {
    return apple::takes_declarations(os_version) ? apple::Declares::yes : apple::Declares::no;
}

// Callable from any thread; `done` is called once, when what it tells is durable.
class Phones {
  public:
    static constexpr std::size_t kMostProfiles = 20'000; // that may still be used
    static constexpr auto kCertificateLife = std::chrono::hours(24 * 730);

    struct Tools {
        fleet::Core& core;
        fleet::Guests& guests;
        fleet::Inventories& inventories;
        ports::PhoneAuthority& authority;
        ports::Random& random;
        base::LogSink& log;
    };
    Phones(Tools tools, Place place) : tools_(tools), place_(std::move(place)) {}

    // ---- people. Errors: denied, not_found, invalid with its place, conflict.
    void make_profile(const access::Actor& actor, ProfileWish wish, shard::Completion<MadeProfile> done);
    base::Result<std::vector<PhoneView>> list(const access::Actor& actor) const;
    // It is asked for everything the next time that it speaks.
    void ask(const access::Actor& actor, device::DeviceId device, std::function<void(base::Status)> done);

    // It is asked to take its profile away, with which it leaves. Errors: conflict also for a person's own,
    // which only its owner takes out.
    void release(const access::Actor& actor, device::DeviceId device, std::function<void(base::Status)> done);

    // What a phone of the company's has to install by itself is declared to it; nothing: no more. Errors:
    // invalid (it cannot be told that), not_found, conflict (it left).
    void declare(device::TenantId tenant, device::DeviceId device, std::optional<apple::Enforced> enforced,
                 std::function<void(base::Status)> done);
    // A token that Apple's push service says is nobody's: the phone is not woken until it tells another.
    void drop_token(device::TenantId tenant, device::DeviceId device, std::string token);
    // From then on that is called when something was heard of a phone; before anything else.
    void on_news(std::function<void()> told) { news_ = std::move(told); }

    // ---- phones. Errors: unauthenticated (a signature, a secret), denied (bound to another enrolment,
    // revoked), conflict (a replay), invalid, unavailable.
    ports::PhoneAuthority& authority() { return tools_.authority; }
    // Answers a request for a certificate.
    void certify(device::TenantId tenant, std::string message, shard::Completion<base::Bytes> done);
    struct Signer {
        ports::PhoneAuthority::Signed by;
        base::Digest256 message; // the digest of the signature, with what it is of
    };
    base::Result<Signer> signer(std::string_view body, std::string_view signature) const;
    // `done` gets what it is answered with; empty: nothing.
    void check_in(device::TenantId tenant, Signer signer, apple_messages::CheckIn message,
                  shard::Completion<std::string> done);
    void report(device::TenantId tenant, Signer signer, apple_messages::Report report,
                shard::Completion<std::string> done);

  private:
    struct Known {
        fleet::DeviceActor actor;
        CertificateRecord certificate;
        apple::Phone phone;
    };
    base::Result<Known> known(device::TenantId tenant, const Signer& signer,
                              const std::string& enrolment) const;
    base::Result<CertificateRecord> certificate(device::TenantId tenant, const base::Digest256& digest) const;
    void authenticate(device::TenantId tenant, Signer signer, apple_messages::CheckIn message,
                      shard::Completion<std::string> done);
    void bind(const fleet::DeviceActor& device, Signer signer, apple_messages::CheckIn message,
              std::string serial, bool personal, shard::Completion<std::string> done);
    void take_token(Known known, Signer signer, apple_messages::CheckIn message,
                    shard::Completion<std::string> done);
    void check_out(Known known, Signer signer, shard::Completion<std::string> done);
    void declarative(Known known, Signer signer, apple_messages::CheckIn message,
                     shard::Completion<std::string> done);
    void take_status(Known known, Signer signer, apple_messages::Status status,
                     shard::Completion<std::string> done);
    std::string fact(const fleet::DeviceActor& device, std::string_view key) const;
    void tell_news() const {
        if (news_) news_();
    }
    std::string command(const apple::Command& command, const apple::Phone& phone,
                        const fleet::DeviceActor& device) const;
    void take_answer(const Known& known, apple::Kind kind, const plist::Dict& answer,
                     std::function<void(base::Status)> done);
    // Changes what waits for a phone that is enrolled, and says so in the audit log.
    void order(const access::Actor& actor, device::DeviceId device, const char* deed,
               std::function<base::Status(apple::Phone&, base::TimePoint)> change,
               std::function<void(base::Status)> done);
    std::string fresh_uuid() const;

    Tools tools_;
    Place place_;
    std::function<void()> news_;
};

} // namespace oakum::apple_phones
