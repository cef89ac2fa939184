// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/notice.hpp>
#include <base/bytes.hpp>
#include <component/component.hpp>
#include <device/facts.hpp>
#include <device/ids.hpp>
#include <exception/exception.hpp>
#include <rollout/plan.hpp>

#include <string>
#include <vector>

// Lists and plans inside one column. A value is a version byte (1), then its parts in order: counts and
// numbers as LEB128, texts as their length and bytes, times as zigzag LEB128, ids as 16 bytes. A form that
// changes gets the next version byte, and readers keep the old one.
namespace oakum::sqlite {

base::Bytes pack(const std::vector<std::string>& texts);
base::Bytes pack(const std::vector<device::Fact>& facts);
base::Bytes pack(const std::vector<device::GroupId>& groups);
base::Bytes pack(const std::vector<component::Statement>& statements);
base::Bytes pack(const std::vector<exception::Step>& steps);
base::Bytes pack(const std::vector<advisory::NoticeProduct>& products);
base::Bytes pack(const rollout::Plan& plan);
// Not packed, but plain: 32 bytes each.
base::Bytes pack(const std::vector<device::ComponentId>& components);

// Errors: corrupt. Never takes more memory than a small multiple of the bytes.
base::Status unpack(base::ByteView bytes, std::vector<std::string>& out);
base::Status unpack(base::ByteView bytes, std::vector<device::Fact>& out);
base::Status unpack(base::ByteView bytes, std::vector<device::GroupId>& out);
base::Status unpack(base::ByteView bytes, std::vector<component::Statement>& out);
base::Status unpack(base::ByteView bytes, std::vector<exception::Step>& out);
base::Status unpack(base::ByteView bytes, std::vector<advisory::NoticeProduct>& out);
base::Status unpack(base::ByteView bytes, rollout::Plan& out);
base::Status unpack(base::ByteView bytes, std::vector<device::ComponentId>& out);

} // namespace oakum::sqlite
