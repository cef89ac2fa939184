// SPDX-License-Identifier: Apache-2.0
#include <wire/carried.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::wire {
namespace {

using base::Result;
using json::Value;

constexpr std::size_t max_text = 12 << 10;
constexpr std::size_t max_pem = 16 << 10;
constexpr std::uint64_t max_number = (1ULL << 53) - 1;

Result<Value> document(std::string_view text, std::size_t max_bytes) {
    json::Limits limits;
    limits.max_bytes = max_bytes;
    limits.max_depth = 4;
    limits.max_values = 200;
    TRY_VALUE(Value value, json::parse(text, limits));
    if (!value.is_object()) return value.wrong("a message is an object");
    return value;
}

} // namespace

std::string receipt_input(std::string_view receipt) {
    constexpr std::string_view type = "application/vnd.oakum.receipt+json";
    return "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
           std::to_string(receipt.size()) + " " + std::string(receipt);
}

std::string encode(const Receipt& message) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("device", message.device).member("time", message.time);
    out.key("report").raw(encode(message.report));
    if (!message.digest.empty())
        out.member("digest", message.digest)
            .member("length", message.length)
            .member("counter", message.counter);
    out.end_object();
    return text;
}

std::string encode(const SignedReceipt& message) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("receipt", message.receipt).member("certificate_pem", message.certificate_pem);
    out.member("signature", base::to_hex(message.signature)).end_object();
    return text;
}

Result<Receipt> decode_receipt(std::string_view json) {
    TRY_VALUE(const Value from, document(json, max_text));
    Receipt message;
    TRY_VALUE(message.device, from.string_at("device", 64));
    if (message.device.empty()) return from.wrong("device is empty");
    TRY_VALUE(message.time, from.uint_at("time", max_number));
    TRY_VALUE(const Value report, from.object_at("report", 32));
    auto read = decode_report(report.source());
    if (!read.ok()) return std::move(read).error().wrap("report");
    message.report = std::move(*read);
    TRY_VALUE(const auto digest, from.optional_string_at("digest", 64));
    if (!digest) return message;
    if (!base::Digest256::parse(*digest).ok()) return from.wrong("digest is no SHA-256");
    message.digest = *digest;
    TRY_VALUE(message.length, from.uint_at("length", max_number));
    TRY_VALUE(message.counter, from.uint_at("counter", max_number));
    return message;
}

Result<SignedReceipt> decode_signed_receipt(std::string_view json) {
    TRY_VALUE(const Value from, document(json, kMaxReceipt));
    SignedReceipt message;
    TRY_VALUE(message.receipt, from.string_at("receipt", max_text));
    TRY_VALUE(message.certificate_pem, from.string_at("certificate_pem", max_pem));
    if (message.receipt.empty() || message.certificate_pem.empty())
        return from.wrong("a receipt has its text, a certificate and a signature");
    TRY_VALUE(const std::string hex, from.string_at("signature", 1024));
    auto signature = base::from_hex(hex);
    if (!signature.ok()) return from.wrong("signature is not hexadecimal");
    message.signature = std::move(*signature);
    return message;
}

std::string carried_log_name(std::string_view file) {
    std::string name(file);
    for (char& c : name)
        if (c == '/') c = '_';
    return name;
}

} // namespace oakum::wire
