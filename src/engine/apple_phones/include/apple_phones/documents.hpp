// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::apple_phones {

// What is kept of each profile that was made.
struct ProfileRecord {
    std::string label, group, by; // of whom it is for; the group's id; who made it
    std::string identifier;       // under which the phone keeps it
    bool personal = false;
    base::TimePoint made{}, expires{};
    // Of the certificate that it gave: the digest of its key, and itself in base64.
    std::string key, certificate;
    bool operator==(const ProfileRecord&) const = default;
};
// And of each certificate.
struct CertificateRecord {
    std::string profile; // that it was given by
    std::string name;    // that it was asked for under
    std::string group;
    bool personal = false;
    base::TimePoint not_after{};
    std::string enrolment, device, serial; // that it is bound to; empty: to none yet
    bool operator==(const CertificateRecord&) const = default;
};

inline constexpr std::string_view kProfilePrefix = "apple-profile/",
                                  kCertificatePrefix = "apple-certificate/", kPhonePrefix = "apple-phone/";

std::string to_document(const ProfileRecord& record);
std::string to_document(const CertificateRecord& record);
std::string to_document(const apple::Phone& phone);
// Errors: corrupt.
base::Result<ProfileRecord> profile_of(std::string_view document);
base::Result<CertificateRecord> certificate_of(std::string_view document);
base::Result<apple::Phone> phone_of(std::string_view document);

} // namespace oakum::apple_phones
