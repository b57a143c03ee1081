using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Acts;

/// <summary>A new device: activation by its operators' tokens, administration split among its share holders (6.6.2.2-a).</summary>
internal sealed class CreateDevice(ScriptDevice device, CeremonyScript script) : CeremonyStep("create-device")
{
    public override string Zh => $"初始化密码设备 {device.Name}：操作员令牌激活，管理权分为 {device.Holders.Count} 份，任意 {script.Threshold} 份可用";

    public override string En => $"Make the device {device.Name}: activated by {string.Join(", ", device.Operators.Select(p => p.Name))}, administered by any {script.Threshold} of {device.Holders.Count} share holders";

    public override IReadOnlyList<ScriptPerson> TakingPart => [.. script.Of(PersonRole.KeyManager), .. device.Holders];

    [Clause("6.6.2.2-a")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        AdministrationSet set = GuardedDevice.Create(
            room.Place(device.Folder), room.KeysOf(device.Operators), room.KeysOf(device.Holders), script.Threshold, room.Options);
        room.HandOut(set.Commitments, device.Holders, set.Shares);
        return new StepOutcome(
            $"设备 {device.Name} 已初始化；{set.Shares.Count} 份管理分量已存入持有人令牌并逐份验证", $"The device {device.Name} is made; its {set.Shares.Count} administration shares lie on the holders' tokens, each one verified",
            CeremonyTranscript.Digest(set.Commitments.Encode()));
    }
}

/// <summary>Every holder's share is opened with their token and checked against the commitments.</summary>
internal sealed class VerifyShares(ScriptDevice device) : CeremonyStep("verify-shares")
{
    public override string Zh => $"逐份验证设备 {device.Name} 的管理分量";

    public override string En => $"Verify every administration share of {device.Name}";

    public override IReadOnlyList<ScriptPerson> TakingPart => device.Holders;

    public override StepOutcome Perform(CeremonyRoom room)
    {
        ShareCommitments commitments = GuardedDevice.Administration(room.Place(device.Folder)).Commitments;
        foreach (ScriptPerson holder in device.Holders)
        {
            using SecretShare share = room.Share(holder, commitments);
        }

        return new StepOutcome($"设备 {device.Name} 的 {device.Holders.Count} 份管理分量均正确", $"All {device.Holders.Count} administration shares of {device.Name} are right", CeremonyTranscript.Digest(commitments.Encode()));
    }
}

/// <summary>Activation by an operator's token and PIN.</summary>
internal sealed class Activate(ScriptDevice device, ScriptPerson person) : CeremonyStep("activate")
{
    public override string Zh => $"{person.Name}以令牌和口令激活设备 {device.Name}";

    public override string En => $"{person.Name} activates {device.Name} with token and PIN";

    public override IReadOnlyList<ScriptPerson> TakingPart => [person];

    [Clause("6.6.2.2-a")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        room.Activate(device, person);
        return new StepOutcome($"设备 {device.Name} 已激活", $"{device.Name} is active");
    }
}

/// <summary>Deactivation: the device's key and every loaded key are zeroed.</summary>
internal sealed class Deactivate(ScriptDevice device) : CeremonyStep("deactivate")
{
    public override string Zh => $"关闭设备 {device.Name}";

    public override string En => $"Deactivate {device.Name}";

    public override IReadOnlyList<ScriptPerson> TakingPart => [];

    [Clause("6.6.2.2-e")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        room.Deactivate(device);
        return new StepOutcome($"设备 {device.Name} 已关闭，内存中的密钥已清零", $"{device.Name} is closed; its keys in memory are zeroed");
    }
}

/// <summary>A key pair is made inside an active device, the key manager and the leader present with their tokens (6.6.2.1-a, 6.6.2.6-e).</summary>
internal sealed class Generate(ScriptDevice device, string key, KeyUse use, IReadOnlyList<ScriptPerson> people) : CeremonyStep("generate")
{
    public override string Zh => $"在设备 {device.Name} 内产生 SM2 {(use == KeyUse.Encryption ? "加密" : "签名")}密钥对 {key}";

    public override string En => $"Generate the SM2 {(use == KeyUse.Encryption ? "encryption" : "signing")} pair {key} inside {device.Name}";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    [Clause("6.6.2.1-a")]
    public override StepOutcome Perform(CeremonyRoom room)
    {
        SubjectPublicKeyInfo made = room.Active(device).GenerateKeyPair(key, use);
        string digest = CeremonyTranscript.Digest(made.RawData.Span);
        room.Keys.Set(device.Name, key, digest, KeyRegister.Active);
        return new StepOutcome($"密钥对 {key} 在设备 {device.Name} 内产生；摘要为公钥的 SM3", $"The pair {key} was made inside {device.Name}; the digest is its public key's SM3", digest);
    }
}

/// <summary>A sentence for the record.</summary>
internal sealed class Note(string zh, string en, IReadOnlyList<ScriptPerson> people) : CeremonyStep("note")
{
    public override string Zh => zh;

    public override string En => en;

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    public override StepOutcome Perform(CeremonyRoom room) => new(zh, en);
}
