using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Records;

namespace Hufu.Kmc.Recovery;

/// <summary>An operator releases what a business administrator has approved: <c>POST /api/kmc/recoveries/{id}/release</c>. The code is made here and shown once.</summary>
internal sealed class ReleaseRecovery(RoomContext context, CaseBook cases)
{
    /// <summary>Releases it.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong, SamePerson, and what else the gate refuses.</exception>
    [Clause("6.2.8-b")]
    public Task<RecoveryReleased> RunAsync(string id, ActRequest request, CancellationToken ct) => cases.MoveAsync(
        request, ActNames.KmcRecoveryRelease, CaseKind.Recovery, id, CaseState.Approved, CaseState.Released,
        (session, act, found) =>
        {
            RestoreMark.Demand(context.DataDirectory);
            var asked = found.Read<RecoveryRequest>();
            var code = OneTimeCode.Create();
            var until = context.Policy.Values.OneTimeCodeLife.After(context.Clock.GetUtcNow());
            session.Execute(
                "INSERT INTO kmc_recovery_code (id, code_hash, until, tries_left) VALUES (@id, @hash, @until, @tries)",
                new { id, hash = OneTimeCode.Hash(id, code), until = until.ToUnixTimeMilliseconds(), tries = (long)context.Policy.Values.OneTimeCodeTries });
            var key = PersonRequests.Open(asked.SigningRequest, "signingRequest").PublicKey.Sm2!.Encode();
            foreach (var (number, _) in CaseScope.Find(session, asked.Ca, asked.UserCertNumbers))
            {
                RecoveryGrants.Add(session, asked.Ca, number, key, id, until.ToUnixTimeMilliseconds());
            }

            act.Detail["until"] = until.ToString("O");
            return new RecoveryReleased(id, code, until);
        },
        ct);
}
