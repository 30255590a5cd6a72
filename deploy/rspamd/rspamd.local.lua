-- For /etc/rspamd/rspamd.local.lua; see local.d/rbl.conf.
--
-- Says that mail has the null sender, as bounces have, or that postmaster@ sent
-- it. The envelope counts; who wrote From: does not matter.

rspamd_config:register_symbol({
  name = 'BSBL_NULL_SENDER',
  score = 0.0,
  description = 'The envelope sender is null or postmaster',
  callback = function(task)
    local sender = task:get_from('smtp')
    local user = sender and sender[1] and sender[1].user or ''
    return user == '' or user:lower() == 'postmaster'
  end,
})
