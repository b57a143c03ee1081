using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>The holder takes the medium at the counter, which is acceptance (6.2.4.1-a): who took it, how they were identified, and the receipt are on record; the mailed code is void.</summary>
internal sealed class HandOverAtCounter(RaDesk desk)
{
    private const int NumberLimit = 64;

    [Clause("6.2.4.1-a")]
    public Task<FetchedPair> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<HandOver, FetchedPair>(
            request,
            ActNames.RaPairHandOver,
            handed =>
            {
                MustBeWellFormed(handed);
                return new ExpectedAct(ActNames.RaPairHandOver, $"application/{id}", session => (row = ApplicationStore.Get(session, id)).DeliveryState());
            },
            (session, act, handed) =>
            {
                RestoreMark.Demand(desk.Context.DataDirectory);
                ApplicationStore.MustBe(row, ApplicationState.Issued);
                MustBeAllowed(row.Profile, handed.Travel);
                var delivery = DeliveryRow.Get(session, id);
                var token = FetchIssuedPair.Take(desk, session, row);
                DeliveryStore.HandedOver(session, desk.Cipher, id, handed, act.Person.PersonId, desk.Now);
                act.Detail["signing"] = row.SigningSerial;
                act.Detail["medium"] = handed.Medium;
                (act.Detail["kind"], act.Detail["way"], act.Detail["pack"]) = (handed.Travel?.Kind.ToString(), handed.Travel?.Way.ToString(), handed.Travel?.Pack);
                act.Detail["receipt"] = handed.Receipt;
                StepStore.Add(session, desk.Cipher, id, "handed-over", act.Person.PersonId, null, desk.Now);
                return FetchIssuedPair.ToFetched(delivery.ToPair(desk.Cipher, id), token);
            },
            ct);
    }

    private static void MustBeWellFormed(HandOver handed)
    {
        if (handed.ReceivedBy.Trim().Length is 0 or > 100 || handed.Identified.Trim().Length is 0 or > 500)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "Who took it: 1 to 100 characters; how they were identified: 1 to 500.", "receivedBy");
        }

        if (handed.Receipt is { } receipt && !FileReceipt.IsDigest(receipt))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The SM3 of the receipt's scan: 64 hex digits, lower case.", "receipt");
        }

        if (handed.Medium is null != handed.Travel is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A medium that was made for the holder has a number, a kind, and a way by which it came (6.6.2.1-b).", handed.Medium is null ? "medium" : "travel");
        }

        if (handed.Medium?.Trim().Length is 0 or > NumberLimit || handed.Travel?.Pack?.Trim().Length is 0 or > NumberLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"Numbers of medium and pack: 1 to {NumberLimit} characters.", "medium");
        }

        if (handed.Travel is { } travel && travel.Way == MediumWay.InSight != travel.Pack is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A medium that came in a pack has the pack's number, and no other has.", "travel");
        }

        if (handed.Travel is { Way: MediumWay.PackBroken })
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "封装已打开或破损的介质不得交付：请撤销该证书对，另行制作。 A pack that was opened or damaged is not handed over: revoke the pair and make it anew.", "travel");
        }
    }

    // 6.6.2.1-b: in modules of the kinds that the type's form allows; keys of operated devices never travel.
    private void MustBeAllowed(string profile, MediumTravel? travel)
    {
        if (travel is not null && !desk.Form(profile).Media.Contains(travel.Kind))
        {
            throw new RefusedException(
                RefusalCode.FieldInvalid, desk.Form(profile).Media is { Count: > 0 } media ? $"Made for holders of this type: {string.Join(", ", media)}." : "Keys of this type are made by their holder and never travel.", "travel");
        }
    }
}
