using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Acts;

/// <summary>The device's backup: an encrypted file, its key dealt to the share holders (6.6.2.2-c).</summary>
internal sealed class BackUp(ScriptDevice device, string to, CeremonyScript script) : CeremonyStep("back-up")
{
    public override string Zh => $"备份设备 {device.Name} 到加密文件 {to}，恢复分量 {device.Holders.Count} 份，任意 {script.Threshold} 份可恢复";

    public override string En => $"Back {device.Name} up to the encrypted file {to}; any {script.Threshold} of {device.Holders.Count} shares restore it";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. script.Of(PersonRole.KeyManager), .. device.Holders];

    [Clause("6.6.2.2-c")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        using DeviceAdministration administration = room.Administer(device, device.Holders);
        BackupSet set = administration.Device.SplitBackup(device.Holders.Count, script.Threshold, room.KeysOf(device.Holders));
        room.Write(to, set.EncryptedBackup);
        room.HandOut(set.Commitments, device.Holders, set.Shares);
        // The transcript says which keys the backup holds: a platform that takes it in knows them backed up.
        room.Keys.Copy(device.Name, administration.Device);
        return new StepOutcome(
            $"备份 {to} 已写入，{set.Shares.Count} 份恢复分量已存入持有人令牌并逐份验证", $"The backup is {to}; its {set.Shares.Count} shares lie on the holders' tokens, each one verified",
            CeremonyTranscript.Digest(set.EncryptedBackup));
    }
}

/// <summary>A backup is opened in memory and compared with the device, key by key.</summary>
internal sealed class CheckBackup(ScriptDevice device, string backup, IReadOnlyList<ScriptPerson> holders) : CeremonyStep("check-backup")
{
    public override string Zh => $"以 {holders.Count} 份分量打开备份 {backup}，与设备 {device.Name} 逐个密钥比对";

    public override string En => $"Open the backup {backup} with {holders.Count} shares and compare it with {device.Name}, key by key";

    public override IReadOnlyList<ScriptPerson> TakingPart => holders;

    [Clause("6.6.2.2-c")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        byte[] file = room.Read(backup);
        using DeviceAdministration administration = room.Administer(device, holders);
        using ShareHand hand = room.Shares(holders, BackupSet.ReadCommitments(file));
        BackupComparison comparison = administration.Device.CompareWithBackup(file, hand.Shares);
        return comparison.AllEqual
            ? new StepOutcome($"备份与设备一致：{comparison.KeysCompared} 个密钥", $"Backup and device agree: {comparison.KeysCompared} keys", CeremonyTranscript.Digest(file))
            : throw new CeremonyRefusal($"The backup differs from the device in: {string.Join(", ", comparison.Different)}.", "Make a new backup, check it, and destroy the old one.");
    }
}

/// <summary>A device from a backup.</summary>
internal sealed class Restore(ScriptDevice device, string backup, IReadOnlyList<ScriptPerson> holders, CeremonyScript script) : CeremonyStep("restore")
{
    public override string Zh => $"以 {holders.Count} 份分量从备份 {backup} 恢复到设备 {device.Name}";

    public override string En => $"Restore the backup {backup} into {device.Name} with {holders.Count} shares";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. script.Of(PersonRole.KeyManager), .. holders.Union(device.Holders)];

    [Clause("6.6.2.2-c")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        byte[] file = room.Read(backup);
        using ShareHand hand = room.Shares(holders, BackupSet.ReadCommitments(file));
        AdministrationSet set = GuardedDevice.Restore(
            room.Place(device.Folder), file, hand.Shares, room.KeysOf(device.Operators), room.KeysOf(device.Holders), script.Threshold, room.Options);
        room.HandOut(set.Commitments, device.Holders, set.Shares);
        using DeviceAdministration restored = room.Administer(device, device.Holders);
        if (!restored.Device.CompareWithBackup(file, hand.Shares).AllEqual)
        {
            throw new CeremonyRefusal("The restored device differs from its backup.", "Destroy the restored device and look at the medium.");
        }

        room.Keys.Copy(device.Name, restored.Device);
        return new StepOutcome($"设备 {device.Name} 已恢复，与备份逐个密钥一致：{restored.Device.Labels.Count} 个", $"{device.Name} is restored and agrees with the backup: {restored.Device.Labels.Count} keys", CeremonyTranscript.Digest(file));
    }
}

/// <summary>A second device with the same keys (6.6.2.2-c).</summary>
internal sealed class Clone(ScriptDevice device, ScriptDevice to, CeremonyScript script) : CeremonyStep("clone")
{
    public override string Zh => $"克隆设备 {device.Name} 到 {to.Name}";

    public override string En => $"Clone {device.Name} to {to.Name}";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. script.Of(PersonRole.KeyManager), .. device.Holders.Union(to.Holders)];

    [Clause("6.6.2.2-c")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        AdministrationSet set;
        IReadOnlyList<string> labels;
        using (DeviceAdministration administration = room.Administer(device, device.Holders))
        {
            set = administration.CloneTo(room.Place(to.Folder), room.KeysOf(to.Operators), room.KeysOf(to.Holders), script.Threshold, room.Options);
            labels = administration.Device.Labels;
        }

        room.HandOut(set.Commitments, to.Holders, set.Shares);
        using DeviceAdministration clone = room.Administer(to, to.Holders);
        room.Keys.Copy(to.Name, clone.Device);
        return clone.Device.Labels.SequenceEqual(labels)
            ? new StepOutcome($"设备 {to.Name} 为 {device.Name} 的克隆：{labels.Count} 个密钥", $"{to.Name} is a clone of {device.Name}: {labels.Count} keys", CeremonyTranscript.Digest(set.Commitments.Encode()))
            : throw new CeremonyRefusal("The clone holds other keys than the device.", "Destroy the clone and look at the medium.");
    }
}

/// <summary>A key is archived: it never works again, in this device or wherever its backups are restored (6.6.2.2-d). Which keys may be, its certificate tells (<see cref="ArchivableKey"/>).</summary>
internal sealed class Archive(ScriptDevice device, string key, string certificate, IReadOnlyList<ScriptPerson> holders, IReadOnlyList<ScriptPerson> managers) : CeremonyStep("archive")
{
    public override string Zh => $"归档设备 {device.Name} 的密钥 {key}（证书 {certificate}）：至少保存十年，永不再用";

    public override string En => $"Archive the key {key} of {device.Name} (certificate {certificate}): kept ten years at least, never used again";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. managers, .. holders];

    [Clause("6.6.2.2-d")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        using DeviceAdministration administration = room.Administer(device, holders);
        SubjectPublicKeyInfo mine = administration.Device.PublicKeyOf(key);
        string digest = CeremonyTranscript.Digest(mine.RawData.Span);
        ArchivableKey.Demand(mine, Certificate.DecodePemOrDer(room.Read(certificate)));
        administration.Device.Archive(key, room.Now);
        room.Keys.Set(device.Name, key, digest, KeyRegister.Archived);
        DateTimeOffset until = ArchiveTerm.End(administration.Device, key)!.Value;
        return new StepOutcome(
            $"密钥 {key} 已在设备 {device.Name} 中归档，保存至 {until:yyyy-MM-dd}；摘要为公钥的 SM3", $"The key {key} is archived in {device.Name}, to be kept until {until:yyyy-MM-dd}; the digest is its public key's SM3", digest);
    }
}

/// <summary>Shows that an archived key does not come back: activation succeeds, signing is refused.</summary>
internal sealed class ProveArchived(ScriptDevice device, string key, ScriptPerson person) : CeremonyStep("prove-archived")
{
    public override string Zh => $"验证归档密钥 {key} 不能再用于签名";

    public override string En => $"Show that the archived key {key} signs no more";

    public override IReadOnlyList<ScriptPerson> TakingPart => [person];

    [Clause("6.6.2.2-d")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        room.Activate(device, person);
        try
        {
            room.Active(device).GetSigner(key).Sign("hufu"u8);
        }
        catch (DeviceException e) when (e.Error == DeviceError.KeyArchived)
        {
            return new StepOutcome($"设备 {device.Name} 已激活，而归档密钥 {key} 拒绝签名", $"{device.Name} was activated, and the archived key {key} refused to sign");
        }
        finally
        {
            room.Deactivate(device);
        }

        throw new CeremonyRefusal($"The key {key} of {device.Name} signed: it is not archived.", "Archive it before the ceremony ends.");
    }
}

/// <summary>A key or a whole device is destroyed by several people, and searched for afterwards (6.6.2.2-d).</summary>
internal sealed class Destroy(ScriptDevice device, string? key, IReadOnlyList<ScriptPerson> holders, IReadOnlyList<string> search, IReadOnlyList<ScriptPerson> managers) : CeremonyStep("destroy")
{
    public override string Zh => key is null ? $"销毁设备 {device.Name} 及其全部密钥：覆写、删除、再搜索" : $"销毁设备 {device.Name} 的密钥 {key}：覆写、删除、再搜索";

    public override string En => key is null ? $"Destroy {device.Name} with all its keys: overwritten, deleted, searched for" : $"Destroy the key {key} of {device.Name}: overwritten, deleted, searched for";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. managers, .. holders];

    [Clause("6.6.2.2-d")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        using DeviceAdministration administration = room.Administer(device, holders);
        ArchiveTerm.DemandOver(administration.Device, key, room.Now);
        string[] places = [room.Script.Folder, .. search.Select(room.Place)];
        DestructionRecord record = key is null ? administration.DestroyDevice(places) : administration.DestroyKey(key, places);
        foreach ((string label, byte[] point) in record.Keys.Where(k => k.PublicPoint.Length > 0))
        {
            room.Keys.Set(device.Name, label, Sm2PublicKey.TryDecode(point, out Sm2PublicKey? publicKey) ? CeremonyTranscript.Digest(SubjectPublicKeyInfo.FromSm2(publicKey).RawData.Span) : "", KeyRegister.Destroyed);
        }

        string labels = string.Join(", ", record.Keys.Select(k => k.Label));
        return record.NothingLeft
            ? new StepOutcome($"已销毁 {device.Name} 的密钥 {labels}；逐字节搜索 {record.FilesSearched} 个文件，无残留", $"Destroyed of {device.Name}: {labels}; {record.FilesSearched} files searched byte by byte, nothing left")
            : throw new CeremonyRefusal($"Bytes of the destroyed keys are still in: {string.Join(", ", record.FoundIn)}.", "Destroy these files (destroy-files) and search again.");
    }
}

/// <summary>Files that held sealed keys, such as an old backup, are overwritten and deleted.</summary>
internal sealed class DestroyFiles(IReadOnlyList<string> files, IReadOnlyList<ScriptPerson> holders) : CeremonyStep("destroy-files")
{
    public override string Zh => $"覆写并删除文件：{string.Join("、", files)}";

    public override string En => $"Overwrite and delete: {string.Join(", ", files)}";

    public override IReadOnlyList<ScriptPerson> TakingPart => holders;

    [Clause("6.6.2.2-d")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        string digest = CeremonyTranscript.Digest(room.Read(files[0]));
        foreach (string file in files)
        {
            MediumErasure.DestroyFile(room.Place(file));
            room.Forget(file);
        }

        return new StepOutcome($"已覆写并删除：{string.Join("、", files)}；摘要为第一个文件原内容的 SM3", $"Overwritten and deleted: {string.Join(", ", files)}; the digest is of what the first one held", digest);
    }
}
