// LINK: platform_pki
// SPDX-License-Identifier: Apache-2.0
#include <pki/phones.hpp>

#include <cstdlib>

namespace {

using namespace oakum;

class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes)
            byte = ++last_;
    }

  private:
    std::uint8_t last_ = 0;
};

const base::TimePoint kNow = base::from_unix_ms(1'800'000'000'000);

ports::PhoneAuthority& authority() {
    static Dice dice;
    static const auto made = [] {
        const auto files = pki::make_phone_authority(pki::Serial{1}, kNow);
        if (!files.ok()) std::abort();
        auto opened = pki::open_phone_authority(*files, pki::Weak::borne, dice, kNow);
        if (!opened.ok()) std::abort();
        return *std::move(opened);
    }();
    return *made;
}

} // namespace

// A phone's request for a certificate, and its signature of a message: nobody who does not hold a key of ours
// is believed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView message(data, size);
    const auto request = authority().open(message);
    if (request.ok() && !authority().refused(*request, ports::PhoneAuthority::Refusal::bad_request).ok())
        std::abort();
    if (authority().verify(base::as_bytes("said"), message, kNow).ok()) std::abort();
    return 0;
}
