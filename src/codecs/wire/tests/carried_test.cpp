// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <wire/carried.hpp>

using namespace oakum;
using namespace oakum::wire;

namespace {

Receipt sample() {
    Receipt receipt;
    receipt.device = "01h8xk3v5n9m2q4r6s8t0vwxyz";
    receipt.time = 1'764'000'000;
    receipt.report.deployment = "01h8xk3v5n9m2q4r6s8t0vwxya";
    receipt.report.attempt = 2;
    receipt.report.sequence = 1'764'000'123;
    receipt.report.state = install::State::verified;
    receipt.report.running_version = "1.5.0";
    receipt.report.boot_id = "b1";
    receipt.report.healthy = true;
    receipt.digest = base::sha256(std::string_view("image")).hex();
    receipt.length = 5;
    receipt.counter = 17;
    return receipt;
}

} // namespace

TEST_CASE("a receipt reads as it was written, and so does what is around it") {
    const Receipt receipt = sample();
    const std::string text = encode(receipt);
    const auto back = decode_receipt(text);
    REQUIRE(back.ok());
    CHECK(encode(*back) == text);
    CHECK(back->report.state == install::State::verified);
    CHECK(back->counter == 17);
    Receipt plain = receipt;
    plain.digest.clear();
    CHECK(decode_receipt(encode(plain)).value().digest.empty());
    const SignedReceipt said{text, "CERT\n", {1, 2, 255}};
    const auto around = decode_signed_receipt(encode(said));
    REQUIRE(around.ok());
    CHECK(around->receipt == text);
    CHECK(around->signature == said.signature);
}

TEST_CASE("a signature under a receipt is none under a manifest") {
    CHECK(receipt_input("{}") == "DSSEv1 34 application/vnd.oakum.receipt+json 2 {}");
    CHECK(receipt_input("{}") != signing_input("{}"));
}

TEST_CASE("receipts that are cut, empty, too long or say what no device says are refused") {
    const std::string text = encode(sample());
    for (std::size_t end = 0; end < text.size(); ++end)
        CHECK_FALSE(decode_receipt(text.substr(0, end)).ok());
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"verified", "content"},
                                   {"\"attempt\":2", "\"attempt\":0"},
                                   {sample().digest, "ab"},
                                   {"01h8xk3v5n9m2q4r6s8t0vwxyz", ""}}) {
        std::string changed = text;
        changed.replace(changed.find(from), from.size(), to);
        CHECK_FALSE(decode_receipt(changed).ok());
    }
    SignedReceipt said{text, "CERT\n", {1}};
    said.certificate_pem.assign(kMaxReceipt, 'x');
    CHECK_FALSE(decode_signed_receipt(encode(said)).ok());
    CHECK_FALSE(decode_signed_receipt(R"({"receipt":"{}","certificate_pem":"C","signature":"xyz"})").ok());
    CHECK_FALSE(decode_signed_receipt(R"({"receipt":"","certificate_pem":"C","signature":"00"})").ok());
}
