// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>

#include <memory>
#include <optional>
#include <string>

namespace oakum::ports {

// A phone's certificate, as far as it is looked at.
struct PhoneCertificate {
    base::Digest256 digest; // SHA-256 of its DER
    std::string name;       // its common name, as the phone asked for it
    base::TimePoint not_after{};
    bool operator==(const PhoneCertificate&) const = default;
};

// The authority that phones get their certificates from (SCEP, RFC 8894) and sign their messages with: one of
// its own, so that a phone is nobody to the protocols of other devices. Any thread.
class PhoneAuthority {
  public:
    virtual ~PhoneAuthority() = default;
    // Its certificate, in DER.
    virtual base::Bytes certificate() const = 0;
    // Whether what older clients do is borne: DES, SHA-1 and MD5 around a request.
    virtual bool bears_weak() const = 0;

    struct Signed {
        PhoneCertificate by;
        std::optional<base::TimePoint> at; // by the phone's own clock
    };
    // A CMS signature, detached, over exactly these bytes. Errors: invalid (it cannot be read),
    // unauthenticated (it is not of these bytes, not by a certificate of this authority, or that ended).
    virtual base::Result<Signed> verify(base::ByteView body, base::ByteView signature,
                                        base::TimePoint now) const = 0;

    struct Request {
        std::string transaction;
        std::string challenge;               // empty: none
        std::string name;                    // that it asks for; may be empty
        base::Digest256 key;                 // SHA-256 of the public key
        std::shared_ptr<const void> message; // the whole, for the answer; immutable, hence shared
    };
    // A PKCSReq: signed by the key that it asks a certificate for. Errors: invalid, unauthenticated.
    virtual base::Result<Request> open(base::ByteView message) const = 0;
    struct Issued {
        base::Bytes certificate; // in DER
        PhoneCertificate known;
    };
    virtual base::Result<Issued> issue(const Request& request, base::TimePoint from,
                                       base::TimePoint until) = 0;
    // The answers to a request (CertRep).
    virtual base::Result<base::Bytes> granted(const Request& request, base::ByteView certificate) const = 0;
    enum class Refusal : std::uint8_t { bad_algorithm = 0, bad_check = 1, bad_request = 2 };
    virtual base::Result<base::Bytes> refused(const Request& request, Refusal why) const = 0;
};

} // namespace oakum::ports
