// SPDX-License-Identifier: Apache-2.0
#include <tokens/token.hpp>

#include "points.hpp"

#include <base/digest.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <vector>

namespace oakum::tokens {

using base::Bytes;
using base::Result;
using base::SignatureScheme;

namespace {

constexpr CK_ULONG kMostSlots = 256, kMostFound = 16;
constexpr std::size_t kLongestValue = 4096, kLongestUri = 2048;

// What a module answered, in words; the number for who asks its maker.
base::Error failed(const std::string& what, CK_RV code) {
    switch (code) {
    case CKR_PIN_INCORRECT:
        return base::denied("the PIN is another one; a token locks itself after some that are wrong");
    case CKR_PIN_LOCKED:
        return base::denied("the token has locked itself after wrong PINs; its own tool unlocks it");
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_INVALID:
        return base::denied("no PIN of this token has that form");
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
        return base::unavailable("the token was taken out");
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_CURVE_NOT_SUPPORTED:
    case CKR_DOMAIN_PARAMS_INVALID:
    case CKR_ATTRIBUTE_VALUE_INVALID:
        return base::unavailable(what + ": the token has no keys of this kind");
    default:
        return base::unavailable(what + ": the token answered " + p11_kit_strerror(code) + " (" +
                                 std::to_string(code) + ")");
    }
}

base::Status check(const std::string& what, CK_RV code) {
    return code == CKR_OK ? base::Status() : base::Status(failed(what, code));
}

// A module that was loaded here, and is let go with the last that holds it.
struct Modules {
    std::vector<CK_FUNCTION_LIST*> all;
    CK_FUNCTION_LIST* own = nullptr;         // a named one
    CK_FUNCTION_LIST** configured = nullptr; // those of the machine

    Modules() = default;
    Modules(const Modules&) = delete;
    Modules& operator=(const Modules&) = delete;
    ~Modules() {
        if (own != nullptr) {
            p11_kit_module_finalize(own);
            p11_kit_module_release(own);
        }
        if (configured != nullptr) p11_kit_modules_finalize_and_release(configured);
    }
};

Result<std::shared_ptr<Modules>> load(const std::string& path) {
    auto modules = std::make_shared<Modules>();
    if (path.empty()) {
        modules->configured = p11_kit_modules_load_and_initialize(0);
        for (CK_FUNCTION_LIST** each = modules->configured; each != nullptr && *each != nullptr; ++each)
            modules->all.push_back(*each);
        if (modules->all.empty())
            return base::not_found(
                "this machine is configured with no PKCS#11 module: name one with --module");
        return modules;
    }
    CK_FUNCTION_LIST* module = p11_kit_module_load(path.c_str(), 0);
    if (module == nullptr) {
        const char* why = p11_kit_message();
        return base::not_found(path + " is no PKCS#11 module" +
                               (why != nullptr ? std::string(": ") + why : ""));
    }
    if (const CK_RV code = p11_kit_module_initialize(module); code != CKR_OK) {
        p11_kit_module_release(module);
        return failed("starting " + path, code);
    }
    modules->own = module;
    modules->all = {module};
    return modules;
}

using Uri = std::unique_ptr<P11KitUri, decltype(&p11_kit_uri_free)>;

Result<Uri> parse(const std::string& text) {
    const auto wrong = [](const std::string& why) {
        return base::invalid(why + "; a token is named like pkcs11:token=anna;object=oakum");
    };
    if (text.size() > kLongestUri) return wrong("the URI is too long");
    // What follows would name a module to load, or the PIN itself.
    if (text.find('?') != std::string::npos)
        return wrong(
            "a URI with '?' is not taken: the module is named with --module, and the PIN is asked for");
    Uri uri(p11_kit_uri_new(), p11_kit_uri_free);
    if (!uri || p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN, uri.get()) != P11_KIT_URI_OK)
        return wrong("\"" + text + "\" names no token");
    if (p11_kit_uri_any_unrecognized(uri.get()) != 0)
        return wrong("\"" + text + "\" has a part that is not known");
    return uri;
}

struct Found {
    CK_FUNCTION_LIST* module;
    CK_SLOT_ID slot;
    CK_TOKEN_INFO info;
};

Result<Found> token_of(const Modules& modules, P11KitUri* uri) {
    std::vector<Found> found;
    for (CK_FUNCTION_LIST* module : modules.all) {
        std::array<CK_SLOT_ID, kMostSlots> slots{};
        CK_ULONG count = slots.size();
        if (module->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) continue;
        for (CK_ULONG i = 0; i < std::min(count, kMostSlots); ++i) {
            Found each{module, slots[i], {}};
            if (module->C_GetTokenInfo(each.slot, &each.info) != CKR_OK) continue;
            if ((each.info.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
            if (p11_kit_uri_match_token_info(uri, &each.info) == 1) found.push_back(each);
        }
    }
    if (found.empty()) return base::not_found("no token of that name is here: is it put in?");
    if (found.size() > 1) return base::conflict("that names more than one token: add serial= to it");
    return found.front();
}

} // namespace

struct Token::Session {
    std::shared_ptr<Modules> modules;
    Uri uri{nullptr, p11_kit_uri_free};
    Found token{};
    CK_SESSION_HANDLE handle = 0;
    bool open = false;

    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        // The last one that closes logs out; logging out would end those beside it.
        if (open) token.module->C_CloseSession(handle);
    }

    Result<Bytes> value(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
        CK_ATTRIBUTE attribute{type, nullptr, 0};
        TRY(check("reading a key", token.module->C_GetAttributeValue(handle, object, &attribute, 1)));
        if (attribute.ulValueLen > kLongestValue) return base::too_large("the token tells too much of a key");
        Bytes bytes(attribute.ulValueLen);
        attribute.pValue = bytes.data();
        TRY(check("reading a key", token.module->C_GetAttributeValue(handle, object, &attribute, 1)));
        bytes.resize(std::min<std::size_t>(bytes.size(), attribute.ulValueLen));
        return bytes;
    }
    // What the URI says of an object, of this class.
    Result<std::vector<CK_OBJECT_HANDLE>> objects(CK_OBJECT_CLASS kind, const Bytes* id) {
        std::vector<CK_ATTRIBUTE> wanted{{CKA_CLASS, &kind, sizeof kind}};
        Bytes other;
        for (const CK_ATTRIBUTE_TYPE type : {CKA_LABEL, CKA_ID})
            if (const CK_ATTRIBUTE* said = p11_kit_uri_get_attribute(uri.get(), type);
                said != nullptr && (id == nullptr || type != CKA_ID))
                wanted.push_back(*said);
        if (id != nullptr) {
            other = *id;
            wanted.push_back({CKA_ID, other.data(), other.size()});
        }
        TRY(check("looking for the key",
                  token.module->C_FindObjectsInit(handle, wanted.data(), wanted.size())));
        std::vector<CK_OBJECT_HANDLE> found(kMostFound);
        CK_ULONG count = 0;
        const CK_RV code = token.module->C_FindObjects(handle, found.data(), found.size(), &count);
        token.module->C_FindObjectsFinal(handle);
        TRY(check("looking for the key", code));
        found.resize(std::min<std::size_t>(count, found.size()));
        return found;
    }
    Result<CK_OBJECT_HANDLE> private_key() {
        TRY_VALUE(const auto found, objects(CKO_PRIVATE_KEY, nullptr));
        if (found.empty())
            return base::not_found(
                "the token has no such key, or it is not this PIN's to use; --generate makes one");
        if (found.size() > 1)
            return base::conflict("that names more than one key of the token: add object= or id= to it");
        return found.front();
    }
    std::string label() {
        const CK_ATTRIBUTE* said = p11_kit_uri_get_attribute(uri.get(), CKA_LABEL);
        return said == nullptr ? std::string()
                               : std::string(static_cast<const char*>(said->pValue), said->ulValueLen);
    }
    // A URI that finds just this key of just this token again.
    Result<std::string> name(const Bytes& object, const Bytes& id) {
        const Uri made(p11_kit_uri_new(), p11_kit_uri_free);
        if (!made) return base::unavailable("out of memory");
        CK_TOKEN_INFO* info = p11_kit_uri_get_token_info(made.get());
        std::memcpy(info->label, token.info.label, sizeof info->label);
        std::memcpy(info->serialNumber, token.info.serialNumber, sizeof info->serialNumber);
        Bytes copy_of_object = object, copy_of_id = id;
        std::vector<CK_ATTRIBUTE> attributes;
        if (!object.empty()) attributes.push_back({CKA_LABEL, copy_of_object.data(), copy_of_object.size()});
        if (!id.empty()) attributes.push_back({CKA_ID, copy_of_id.data(), copy_of_id.size()});
        p11_kit_uri_set_attributes(made.get(), attributes.data(), attributes.size());
        char* text = nullptr;
        if (p11_kit_uri_format(made.get(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &text) != P11_KIT_URI_OK)
            return base::unavailable("the token or its key has a name that cannot be written down");
        std::string out(text);
        free(text);
        return out;
    }
    Result<Token::Key> describe(CK_OBJECT_HANDLE key) {
        TRY_VALUE(const Bytes id, value(key, CKA_ID));
        auto object = value(key, CKA_LABEL);
        // The public half is an object beside it; some tokens tell it of the private one.
        TRY_VALUE(const auto beside, objects(CKO_PUBLIC_KEY, &id));
        const CK_OBJECT_HANDLE from = beside.size() == 1 ? beside.front() : key;
        TRY_VALUE(const Bytes parameters, value(from, CKA_EC_PARAMS));
        auto point = value(from, CKA_EC_POINT);
        if (!point.ok()) return base::unavailable("the token does not tell the public half of that key");
        Token::Key described;
        TRY_VALUE(described.public_half, public_half_of(parameters, *point));
        TRY_VALUE(described.uri, name(object.ok() ? *object : Bytes(), id));
        return described;
    }
};

Token::Token(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Token::~Token() = default;
Token::Token(Token&&) noexcept = default;
Token& Token::operator=(Token&&) noexcept = default;

Result<Token> Token::open(const Where& where, std::string_view pin) {
    auto session = std::make_unique<Session>();
    TRY_VALUE(session->uri, parse(where.uri));
    TRY_VALUE(session->modules, load(where.module));
    TRY_VALUE(session->token, token_of(*session->modules, session->uri.get()));
    CK_FUNCTION_LIST* module = session->token.module;
    TRY(check("opening the token",
              module->C_OpenSession(session->token.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                    nullptr, &session->handle)));
    session->open = true;
    // One with a keypad of its own asks there.
    const bool asks = (session->token.info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    if (pin.empty() && !asks) return base::denied("a PIN opens the token");
    std::vector<CK_UTF8CHAR> typed(pin.begin(), pin.end());
    const CK_RV code = asks ? module->C_Login(session->handle, CKU_USER, nullptr, 0)
                            : module->C_Login(session->handle, CKU_USER, typed.data(), typed.size());
    std::ranges::fill(typed, CK_UTF8CHAR{0});
    if (code != CKR_USER_ALREADY_LOGGED_IN) TRY(check("opening the token", code));
    return Token(std::move(session));
}

Result<Token::Key> Token::generate(SignatureScheme scheme) {
    Session& at = *session_;
    std::string label = at.label();
    if (label.empty()) return base::invalid("name the new key in the URI: pkcs11:token=NAME;object=NAME");
    TRY_VALUE(const auto taken, at.objects(CKO_PRIVATE_KEY, nullptr));
    if (!taken.empty())
        return base::conflict("the token has a key of that name already; name another object=");
    const bool ed25519 = scheme == SignatureScheme::ed25519;
    Bytes id(16);
    TRY(check("drawing an id", at.token.module->C_GenerateRandom(at.handle, id.data(), id.size())));
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_KEY_TYPE type = ed25519 ? CKK_EC_EDWARDS : CKK_EC;
    CK_MECHANISM mechanism{ed25519 ? CKM_EC_EDWARDS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_OBJECT_HANDLE open_half = 0, secret_half = 0;
    CK_RV code = CKR_OK;
    for (const bool by_name : {false, true}) {
        Bytes curve = parameters_of(scheme, by_name);
        std::array<CK_ATTRIBUTE, 7> open_template{{{CKA_TOKEN, &yes, sizeof yes},
                                                   {CKA_PRIVATE, &no, sizeof no},
                                                   {CKA_KEY_TYPE, &type, sizeof type},
                                                   {CKA_VERIFY, &yes, sizeof yes},
                                                   {CKA_EC_PARAMS, curve.data(), curve.size()},
                                                   {CKA_LABEL, label.data(), label.size()},
                                                   {CKA_ID, id.data(), id.size()}}};
        std::array<CK_ATTRIBUTE, 8> secret_template{{{CKA_TOKEN, &yes, sizeof yes},
                                                     {CKA_PRIVATE, &yes, sizeof yes},
                                                     {CKA_KEY_TYPE, &type, sizeof type},
                                                     {CKA_SENSITIVE, &yes, sizeof yes},
                                                     {CKA_EXTRACTABLE, &no, sizeof no},
                                                     {CKA_SIGN, &yes, sizeof yes},
                                                     {CKA_LABEL, label.data(), label.size()},
                                                     {CKA_ID, id.data(), id.size()}}};
        code = at.token.module->C_GenerateKeyPair(at.handle, &mechanism, open_template.data(),
                                                  open_template.size(), secret_template.data(),
                                                  secret_template.size(), &open_half, &secret_half);
        if (code == CKR_OK || !ed25519) break;
    }
    TRY(check("making the key", code));
    return at.describe(secret_half);
}

Result<Token::Key> Token::find() {
    TRY_VALUE(const CK_OBJECT_HANDLE key, session_->private_key());
    return session_->describe(key);
}

Result<Bytes> Token::sign(const base::PublicHalf& expected, base::ByteView message) {
    Session& at = *session_;
    TRY_VALUE(const CK_OBJECT_HANDLE key, at.private_key());
    TRY_VALUE(const base::PublicKey verifier, expected.verifier());
    const bool ed25519 = expected.scheme == SignatureScheme::ed25519;
    CK_MECHANISM mechanism{ed25519 ? CKM_EDDSA : CKM_ECDSA, nullptr, 0};
    Bytes data;
    data.reserve(1); // modules refuse a null pointer, also for nothing
    data.assign(message.begin(), message.end());
    if (!ed25519) {
        const base::Digest256 digest = base::sha256(message);
        data.assign(digest.bytes.begin(), digest.bytes.end());
    }
    TRY(check("signing", at.token.module->C_SignInit(at.handle, &mechanism, key)));
    Bytes signature(256);
    CK_ULONG size = signature.size();
    TRY(check("signing",
              at.token.module->C_Sign(at.handle, data.data(), data.size(), signature.data(), &size)));
    signature.resize(std::min<std::size_t>(size, signature.size()));
    if (!ed25519) {
        TRY_VALUE(signature, der_of(signature));
    }
    if (!verifier.verify(message, signature))
        return base::unavailable(
            "the token signed with another key than the file names, or not rightly; nothing of it is used");
    return signature;
}

} // namespace oakum::tokens
