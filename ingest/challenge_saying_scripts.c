#include "ingest/notice.h"

/*
 * What every challenge says, by language (ISO 639-1), in whatever order and
 * with whatever words between: the reader's message waits or would come
 * through, and something is to be done for it. A word of these says nothing
 * alone; two within a sentence do. In other scripts than Latin.
 */
#define MESSAGE(text)                                                          \
	{                                                                      \
		text, NULL, BACKSCATTER_NONE, FAMILY_TEXT, PHRASE_MESSAGE      \
	}
/* What has become of it, or will: never what bounces say of it. */
#define FATE(text, language)                                                   \
	{                                                                      \
		text, "text-kept-for-sender-" language, BACKSCATTER_CHALLENGE, \
		    FAMILY_LINK, PHRASE_FATE                                   \
	}
/* Beside that: an answer, or a link, is what it takes. */
#define REPLIES(text, language)                                                \
	{                                                                      \
		text, "text-reply-asked-" language, BACKSCATTER_CHALLENGE,     \
		    FAMILY_ACT, PHRASE_ACT                                     \
	}
#define FOLLOWS(text, language)                                                \
	{                                                                      \
		text, "text-click-asked-" language, BACKSCATTER_CHALLENGE,     \
		    FAMILY_CLICK, PHRASE_ACT                                   \
	}
static const struct phrase phrases[] = {
	MESSAGE("رسالتك"),
	FATE("محتجز", "ar"),
	FATE("معلقة", "ar"),
	FATE("في الانتظار", "ar"),
	FATE("لتسليم", "ar"),
	FOLLOWS("انقر", "ar"),
	FOLLOWS("اضغط", "ar"),
	REPLIES("الرد على", "ar"),
	MESSAGE("μήνυμά σας"),
	MESSAGE("μηνύματός σας"),
	MESSAGE("μήνυμά σου"),
	FATE("αναμονή", "el"),
	FATE("καραντίνα", "el"),
	FATE("κρατείται", "el"),
	FATE("θα παραδοθεί", "el"),
	FATE("να παραδοθεί", "el"),
	FOLLOWS("κάντε κλικ", "el"),
	REPLIES("απαντήστε", "el"),
	FOLLOWS("επιβεβαι", "el"),
	MESSAGE("宛てのメール"),
	MESSAGE("宛のメール"),
	MESSAGE("あなたのメール"),
	MESSAGE("お送りいただいたメール"),
	MESSAGE("お送りになったメール"),
	MESSAGE("お客様のメール"),
	MESSAGE("送信されたメール"),
	MESSAGE("送られたメール"),
	FATE("保留", "ja"),
	FATE("隔離", "ja"),
	FATE("お預かり", "ja"),
	FATE("届いておりません", "ja"),
	FATE("届いていません", "ja"),
	FATE("届けられます", "ja"),
	FATE("届けます", "ja"),
	FATE("届きます", "ja"),
	FATE("配信されます", "ja"),
	FATE("配送されます", "ja"),
	FATE("受信者に", "ja"),
	FOLLOWS("クリック", "ja"),
	REPLIES("返信", "ja"),
	FOLLOWS("押して", "ja"),
	FOLLOWS("アクセス", "ja"),
	MESSAGE("보내신 메일"),
	MESSAGE("귀하의 메일"),
	MESSAGE("보낸 메일"),
	MESSAGE("메시지"),
	FATE("보류", "ko"),
	FATE("대기", "ko"),
	FATE("격리", "ko"),
	FATE("전달됩니다", "ko"),
	FATE("배달됩니다", "ko"),
	FATE("전송됩니다", "ko"),
	FOLLOWS("클릭", "ko"),
	REPLIES("회신", "ko"),
	REPLIES("답장", "ko"),
	MESSAGE("ваше письм"),
	MESSAGE("вашего письма"),
	MESSAGE("ваше сообщени"),
	MESSAGE("вашего сообщения"),
	MESSAGE("твоё письмо"),
	FATE("ожидает", "ru"),
	FATE("ждёт", "ru"),
	FATE("задержан", "ru"),
	FATE("удержан", "ru"),
	FATE("приостановлен", "ru"),
	FATE("карантин", "ru"),
	FATE("отложен", "ru"),
	FATE("будет доставлен", "ru"),
	FATE("было доставлен", "ru"),
	FATE("будет передан", "ru"),
	FATE("дойдёт", "ru"),
	FATE("дошло", "ru"),
	FATE("попадёт", "ru"),
	FATE("для доставки", "ru"),
	FATE("пропущен", "ru"),
	REPLIES("ответьте", "ru"),
	REPLIES("ответить", "ru"),
	FOLLOWS("перейдите", "ru"),
	FOLLOWS("перейти", "ru"),
	FOLLOWS("нажмите", "ru"),
	FOLLOWS("нажать", "ru"),
	FOLLOWS("подтверд", "ru"),
	FOLLOWS("откройте", "ru"),
	FOLLOWS("введите", "ru"),
	MESSAGE("ваш лист"),
	MESSAGE("вашого листа"),
	MESSAGE("ваше повідомлення"),
	FATE("очікує", "uk"),
	FATE("чекає", "uk"),
	FATE("затриман", "uk"),
	FATE("буде доставлен", "uk"),
	FATE("був доставлен", "uk"),
	FOLLOWS("натисніть", "uk"),
	FOLLOWS("перейдіть", "uk"),
	REPLIES("відповіді на", "uk"),
	FOLLOWS("підтверд", "uk"),
	MESSAGE("您的邮件"),
	MESSAGE("您的郵件"),
	MESSAGE("的邮件"),
	MESSAGE("的郵件"),
	MESSAGE("您的来信"),
	FATE("保留", "zh"),
	FATE("暂存", "zh"),
	FATE("暫存", "zh"),
	FATE("隔离", "zh"),
	FATE("等待", "zh"),
	FATE("才能投递", "zh"),
	FATE("才能投遞", "zh"),
	FATE("才能送达", "zh"),
	FATE("才能送達", "zh"),
	FATE("即可送达", "zh"),
	FATE("即可送達", "zh"),
	FATE("将被投递", "zh"),
	FATE("将会送达", "zh"),
	FOLLOWS("点击", "zh"),
	FOLLOWS("點擊", "zh"),
	REPLIES("回复", "zh"),
	REPLIES("回覆", "zh"),
	FOLLOWS("确认", "zh"),
	FOLLOWS("確認", "zh"),
	FOLLOWS("验证", "zh"),
	FOLLOWS("驗證", "zh"),
};
const struct phrase_table challenge_saying_scripts = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };
